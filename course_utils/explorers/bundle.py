"""The explorers' JavaScript as one text: what JupyterLab, a page and the slides run.

The files in `static` are modules that import from one another. A page that is opened from a folder
may not load modules, so they are joined in the order below, each after those that it needs.
"""

import functools
import re
from importlib import resources

MODULES = (
    # The arithmetic, a lesson of its own
    *(
        "tensor",
        "windows",
        "convolution",
        "warp",
        "rates",
        "boxes",
        "activations",
        "layers",
        "network",
    ),
    # What is shown
    *("colours", "page", "kernel_text", "window_view", "pen"),
    *("explore_convolution", "explore_pooling", "explore_augmentation", "explore_threshold"),
    *("explore_digit", "explore_maps", "explore_photo", "explore_cube", "explore_field"),
    "explore_boxes",
    "widget",
)

_IMPORT = re.compile(r'^import (\{[^}]*\})\s+from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|(?:async )?function\*?|class) (\w+))", re.MULTILINE)


def read_static(name: str) -> str:
    """Return the text of a file in `static`: what runs in the reader's browser."""
    static = resources.files("course_utils.explorers") / "static"
    return static.joinpath(name).read_text(encoding="utf-8")


@functools.cache
def join_modules() -> str:
    """Return all modules as one text: each a function that returns what the module exports."""
    return "const modules = {};\n" + "".join(map(_enclose, MODULES))


def _enclose(name):
    text = read_static(f"{name}.js")
    exported = ", ".join(_EXPORT.findall(text))
    text = _EXPORT.sub("", _IMPORT.sub(r"const \1 = modules.\2;\n", text))
    return f"modules.{name} = (() => {{\n{text}return {{ {exported} }};\n}})();\n"


def imports_of(name: str) -> list[str]:
    """Return the modules that a module imports.

    >>> imports_of("windows"), imports_of("convolution")
    ([], ['tensor', 'windows'])
    """
    return [imported for _, imported in _IMPORT.findall(read_static(f"{name}.js"))]
