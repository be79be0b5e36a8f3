"""The kernel in which notebooks are run: this Python, whatever is installed as "python3"."""

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec


class ThisPython(AsyncKernelManager):
    """Starts this Python; by its name, a kernel of another environment might be found first."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """Return how to start the kernel."""
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())
