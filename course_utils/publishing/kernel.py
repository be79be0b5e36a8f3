"""The kernel in which notebooks are run: this Python, whatever is installed as "python3"."""

import os

# Before ipykernel 6.30 its debugger else tells the terminal, at import, what it cannot see.
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")

from ipykernel.kernelspec import RESOURCES, get_kernel_dict  # noqa: E402
from jupyter_client import AsyncKernelManager  # noqa: E402
from jupyter_client.kernelspec import KernelSpec  # noqa: E402


class ThisPython(AsyncKernelManager):
    """Starts this Python; by its name, a kernel of another environment might be found first."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """Return how to start the kernel."""
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())
