"""An explorer as Jupyter shows it: Python hands over its start, the page does the rest."""

from typing import Any

from course_utils.explorers.bundle import join_modules, read_static

import anywidget
import traitlets


class Explorer(anywidget.AnyWidget):
    """A widget that computes and draws in the page; its state lives there, not in the kernel.

    name : as in the class ``explorer-NAME`` of its element. data : what it starts with, numbers as
    `tensors.pack` gives them.
    """

    name = traitlets.Unicode().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)

    _esm = join_modules() + "export default { render: modules.widget.render };\n"
    _css = read_static("explorers.css")

    def __init__(self, name: str, **data: Any):
        super().__init__(name=name, data=data)

    def __repr__(self):
        # Short, and the same in each run; it stands where nothing can be shown.
        return f"Explorer: {self.name.replace('-', ' ')} (run this cell to use it)"
