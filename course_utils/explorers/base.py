"""What all explorers share: controls on top, panels below them, and a line of plain words.

The front end is a few lines of JavaScript for a panel and for the words; the arithmetic and the
pictures come from Python. It needs no network.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any

import anywidget
import ipywidgets
import traitlets

WIDTH = "260px"  # of a control: three stand side by side in a window of 1,280 pixels


def read_static(name: str) -> str:
    """Return the text of a file in `static`: what runs in the reader's browser."""
    static = resources.files("course_utils.explorers") / "static"
    return static.joinpath(name).read_text(encoding="utf-8")


class Panel(anywidget.AnyWidget):
    """A title over a picture or a piece of HTML; without a title nothing is shown.

    picture : an image file as bytes, enlarged by the browser without blur; empty for none.
    alt : the picture in words.
    size : (rows, columns) of the picture; margins : zeros around it (top, bottom, left, right),
        in pixels of the picture; scale : pixels of the screen for each of them.
    overlay : HTML over the picture, placed in per cent; html : HTML below it.
    """

    title = traitlets.Unicode().tag(sync=True)
    picture = traitlets.Bytes().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    size = traitlets.List([1, 1]).tag(sync=True)
    margins = traitlets.List([0, 0, 0, 0]).tag(sync=True)
    scale = traitlets.Float(1.0).tag(sync=True)
    overlay = traitlets.Unicode().tag(sync=True)
    html = traitlets.Unicode().tag(sync=True)

    _css = read_static("explorer.css")
    _esm = read_static("panel.js")

    def show(self, **traits: Any) -> None:
        """Change several traits in one message to the browser."""
        with self.hold_sync():
            for name, value in traits.items():
                setattr(self, name, value)


class Status(anywidget.AnyWidget):
    """Plain words below the panels, read out by screen readers when they change."""

    text = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Bool(False).tag(sync=True)

    # Sliders and players of ipywidgets say nothing to a screen reader: they get their labels here.
    _esm = read_static("status.js")

    def say(self, text: str, problem: bool = False) -> None:
        """Show one or more lines."""
        with self.hold_sync():
            self.text, self.problem = text, problem


class Explorer(ipywidgets.VBox):
    """Controls, panels and words; a change of any control calls `draw`.

    A subclass sets `name`, makes its controls and panels (dicts by name), and draws. A ValueError
    or TypeError in `draw` is shown as the sentence it is; the pictures stay as they were.
    """

    name = ""
    rows = ()  # names of the controls that share a row; the others share the first

    def __init__(self, controls: dict[str, ipywidgets.Widget], panels: dict[str, Panel]):
        self.controls, self.panels, self.status = controls, panels, Status()
        self._silent = False
        for key, control in controls.items():
            _dress(control, "explorer-control", f"control-{key}")
            if control.has_trait("value"):
                control.observe(self._on_change, "value")
        for key, panel in panels.items():
            _dress(panel, "explorer-panel", f"panel-{key}")
        super().__init__([*self.arrange(), self.status])
        _dress(self, "explorer", f"explorer-{self.name}")
        self.update()

    def arrange(self) -> list[ipywidgets.Widget]:
        """Return the rows of the explorer: controls above panels."""
        later = {name for names in self.rows for name in names}
        first = [name for name in self.controls if name not in later]
        rows = [[self.controls[name] for name in names] for names in (first, *self.rows)]
        return [*map(row, rows), panel_row(self.panels.values())]

    def draw(self) -> str:
        """Bring all panels up to date and return the words below them."""
        raise NotImplementedError

    def react(self, control: ipywidgets.Widget) -> None:
        """Bring other controls up to date after a reader changed this one."""

    def update(self, control: ipywidgets.Widget | None = None) -> None:
        """Draw after a change of a control; show what a wrong input needs in one sentence."""
        try:
            with self.silently():
                if control is not None:
                    self.react(control)
                words = self.draw()
        except (ValueError, TypeError) as problem:
            self.status.say(str(problem), problem=True)
        else:
            self.status.say(words)

    def values(self) -> dict[str, Any]:
        """Return the values of the controls by name."""
        return {
            name: control.value
            for name, control in self.controls.items()
            if control.has_trait("value")
        }

    @contextmanager
    def silently(self) -> Iterator[None]:
        """Let the program change controls without drawing for each."""
        before, self._silent = self._silent, True
        try:
            yield
        finally:
            self._silent = before

    def _on_change(self, change):
        if not self._silent:
            self.update(change["owner"])

    def __repr__(self):
        # Short, and the same in each run; it stands where a reader has no kernel.
        return f"Explorer: {self.name.replace('-', ' ')} (run this cell to use it)"


def row(widgets: Iterable[ipywidgets.Widget]) -> ipywidgets.HBox:
    """Return widgets side by side; they wrap where the window is narrow."""
    box = ipywidgets.HBox(list(widgets))
    box.add_class("explorer-row")
    return box


def panel_row(panels: Iterable[ipywidgets.Widget]) -> ipywidgets.HBox:
    """Return panels side by side, a little further apart than controls."""
    box = row(panels)
    box.add_class("explorer-panels")
    return box


def slider(
    label: str,
    value: float,
    low: float,
    high: float,
    step: float = 1,
    width: str = WIDTH,
    **options: Any,
) -> ipywidgets.IntSlider | ipywidgets.FloatSlider:
    """Return a slider of whole numbers, or of decimals where `step` is below 1."""
    kind = ipywidgets.IntSlider if isinstance(step, int) else ipywidgets.FloatSlider
    layout = ipywidgets.Layout(width=width)
    return kind(
        value=value, min=low, max=high, step=step, description=label, layout=layout, **options
    )


def dropdown(
    label: str, options: Iterable, value: Any = None, width: str = WIDTH
) -> ipywidgets.Dropdown:
    """Return a list to choose one from; the first where no value is given."""
    options = list(options)
    first = options[0][1] if isinstance(options[0], tuple) else options[0]
    return ipywidgets.Dropdown(
        options=options,
        value=first if value is None else value,
        description=label,
        layout=ipywidgets.Layout(width=width),
    )


def checkbox(label: str, value: bool = False, width: str = WIDTH) -> ipywidgets.Checkbox:
    """Return a box to tick, its label at the right."""
    layout = ipywidgets.Layout(width=width)
    return ipywidgets.Checkbox(value=value, description=label, indent=False, layout=layout)


def button(label: str, on_click: Callable[[], None]) -> ipywidgets.Button:
    """Return a button that calls `on_click()`."""
    made = ipywidgets.Button(description=label, layout=ipywidgets.Layout(width="auto"))
    made.on_click(lambda _: on_click())
    return made


def _dress(widget, *names):
    for name in names:
        widget.add_class(name)
