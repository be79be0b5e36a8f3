"""What all explorers share: controls on top, panels below them, and a line of plain words.

The front end is a few lines of JavaScript for a panel and for the words; the arithmetic and the
pictures come from Python. It needs no network.
"""

from contextlib import contextmanager

import anywidget
import ipywidgets
import traitlets

WIDTH = "260px"  # of a control: three stand side by side in a window of 1,280 pixels

STYLE = """
.explorer {
  --jp-widgets-font-size: 16px;
  --jp-widgets-inline-height: 34px;
  --jp-widgets-inline-label-width: 84px;
  font-size: 16px; padding: 4px 8px; overflow: visible;
}
.explorer .explorer-row { flex-flow: row wrap; gap: 4px 14px; align-items: flex-start;
  overflow: visible }
.explorer .explorer-control { margin: 2px 0 }
.explorer .jupyter-button { height: 36px; font-size: 15px; padding: 0 8px }
.explorer .widget-readout { min-width: 3em }
.explorer textarea { font: 16px/1.4 var(--jp-code-font-family, monospace) }
.explorer :is(input, select, textarea, button, canvas, .noUi-handle):focus-visible {
  outline: 3px solid #D55E00; outline-offset: 1px }
.explorer .explorer-row.explorer-panels { gap: 4px 22px }
.explorer-panel { overflow: visible }
.explorer-panel figure { display: inline-block; margin: 6px 0; min-width: 190px; max-width: 100% }
.explorer-panel figcaption { font-weight: 600; line-height: 1.3; margin-bottom: 4px;
  width: 0; min-width: 100%; /* a long title wraps; it makes no panel wider */
  color: var(--jp-ui-font-color1, #111) }
.explorer-panel figure, .explorer-status { font-size: 16px; color: var(--jp-ui-font-color1, #111) }
.explorer-screen { position: relative; max-width: 100%; box-sizing: border-box;
  outline: 1px solid #767676;
  background: repeating-linear-gradient(45deg, #C5E4F7 0 4px, #fff 4px 9px) }
.explorer-picture { position: absolute; display: block; max-width: none; margin: 0 }
.explorer-overlay { position: absolute; inset: 0; pointer-events: none }
.explorer-overlay span { position: absolute; display: flex; align-items: center;
  justify-content: center; box-sizing: border-box }
.explorer-overlay .frame { border: 3px solid #D55E00; outline: 1px solid #fff; min-width: 9px;
  min-height: 9px }
.explorer-overlay .cover { background: repeating-linear-gradient(45deg, #999 0 3px, #ddd 3px 8px) }
.explorer-overlay .cell { border: 2px solid #D55E00 }
.explorer-table { border-collapse: collapse; font-variant-numeric: tabular-nums }
.explorer-table :is(td, th) { border: 1px solid #767676; min-width: 44px; height: 40px;
  padding: 2px 6px; text-align: center; color: #111 }
.explorer-table th { border: 0; color: inherit; font-weight: 600 }
.explorer-bars { display: grid; grid-template-columns: max-content 104px 3.6em; gap: 3px 8px;
  white-space: nowrap; align-items: center; font-variant-numeric: tabular-nums; line-height: 25px }
.explorer-bars .track { height: 20px; background: #E4E4E4 }
.explorer-bars .bar { height: 100%; background: #56B4E9 }
.explorer-bars .best { font-weight: 700 }
.explorer-bars .best .bar { background: #0072B2 }
.explorer-status { line-height: 1.5; white-space: pre-line; padding: 4px 0; min-height: 3em }
.explorer-problem { border-left: 5px solid #D55E00; padding-left: 10px }
"""


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

    _css = STYLE
    _esm = """
    // The page decodes a data address itself; a blob's makes a detour of 10 ms through the browser.
    function toBase64(view) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      let text = "";
      for (let start = 0; start < bytes.length; start += 32768)
        text += String.fromCharCode(...bytes.subarray(start, start + 32768));
      return btoa(text);
    }
    function render({ model, el }) {
      const make = (kind, name, parent) => {
        const element = document.createElement(kind);
        element.className = name;
        parent.append(element);
        return element;
      };
      const figure = make("figure", "", el);
      const title = make("figcaption", "", figure);
      const screen = make("div", "explorer-screen", figure);
      const picture = make("img", "explorer-picture", screen);
      const overlay = make("div", "explorer-overlay", screen);
      const below = make("div", "explorer-below", figure);
      overlay.setAttribute("aria-hidden", "true");
      let version = 0;

      const arrange = () => {
        const [rows, columns] = model.get("size"), scale = model.get("scale");
        const [top, bottom, left, right] = model.get("margins");
        const height = top + rows + bottom, width = left + columns + right;
        Object.assign(screen.style, {
          width: `${width * scale}px`, aspectRatio: `${width} / ${height}`,
        });
        Object.assign(picture.style, {
          top: `${100 * top / height}%`, left: `${100 * left / width}%`,
          height: `${100 * rows / height}%`, width: `${100 * columns / width}%`,
          imageRendering: scale < 1 ? "auto" : "pixelated",
        });
      };
      const paint = () => {
        const bytes = model.get("picture");
        screen.style.display = bytes.byteLength ? "block" : "none";
        if (!bytes.byteLength) return;
        picture.src = "data:;base64," + toBase64(bytes);
        picture.onload = () => { picture.dataset.version = ++version; };
      };
      const write = () => {
        title.textContent = model.get("title");
        picture.alt = model.get("alt");
        overlay.innerHTML = model.get("overlay");
        below.innerHTML = model.get("html");
        el.style.display = model.get("title") ? "" : "none";
      };
      for (const name of ["size", "margins", "scale"]) model.on(`change:${name}`, arrange);
      for (const name of ["title", "alt", "overlay", "html"]) model.on(`change:${name}`, write);
      model.on("change:picture", paint);
      arrange();
      write();
      paint();
    }
    export default { render };
    """

    def show(self, **traits):
        """Change several traits in one message to the browser."""
        with self.hold_sync():
            for name, value in traits.items():
                setattr(self, name, value)


class Status(anywidget.AnyWidget):
    """Plain words below the panels, read out by screen readers when they change."""

    text = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Bool(False).tag(sync=True)

    # Sliders and players of ipywidgets say nothing to a screen reader: they get their labels here.
    _esm = """
    function render({ model, el }) {
      const words = document.createElement("div");
      words.setAttribute("role", "status");
      el.append(words);
      const write = () => {
        words.textContent = model.get("text");
        words.className = "explorer-status" + (model.get("problem") ? " explorer-problem" : "");
      };
      const label = () => {
        const explorer = el.closest(".explorer");
        for (const slider of explorer ? explorer.querySelectorAll(".widget-slider") : []) {
          const name = slider.querySelector(".widget-label").textContent;
          for (const handle of slider.querySelectorAll(".noUi-handle"))
            handle.setAttribute("aria-label", name);
          slider.querySelector(".widget-readout")
            ?.setAttribute("aria-label", `${name}, as a number`);
        }
        for (const player of explorer ? explorer.querySelectorAll(".widget-play") : [])
          player.querySelectorAll("button").forEach((button, place) =>
            button.setAttribute("aria-label", ["Play or pause", "Stop", "Repeat"][place]));
      };
      model.on("change:text", write);
      model.on("change:problem", write);
      write();
      // Keys pressed in an explorer are meant for it: no d, d that deletes the cell.
      const keep = event => { event.target.dataset.lmSuppressShortcuts = "true"; };
      new ResizeObserver(() => {
        label();
        el.closest(".explorer")?.addEventListener("focusin", keep);
      }).observe(el);
    }
    export default { render };
    """

    def say(self, text, problem=False):
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

    def __init__(self, controls, panels):
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

    def arrange(self):
        """Return the rows of the explorer: controls above panels."""
        later = {name for names in self.rows for name in names}
        first = [name for name in self.controls if name not in later]
        rows = [[self.controls[name] for name in names] for names in (first, *self.rows)]
        return [*map(row, rows), panel_row(self.panels.values())]

    def draw(self):
        """Bring all panels up to date and return the words below them."""
        raise NotImplementedError

    def react(self, control):
        """Bring other controls up to date after a reader changed this one."""

    def update(self, control=None):
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

    def values(self):
        """Return the values of the controls by name."""
        return {
            name: control.value
            for name, control in self.controls.items()
            if control.has_trait("value")
        }

    @contextmanager
    def silently(self):
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


def row(widgets):
    """Return widgets side by side; they wrap where the window is narrow."""
    box = ipywidgets.HBox(list(widgets))
    box.add_class("explorer-row")
    return box


def panel_row(panels):
    """Return panels side by side, a little further apart than controls."""
    box = row(panels)
    box.add_class("explorer-panels")
    return box


def slider(label, value, low, high, step=1, width=WIDTH, **options):
    """Return a slider of whole numbers, or of decimals where `step` is below 1."""
    kind = ipywidgets.IntSlider if isinstance(step, int) else ipywidgets.FloatSlider
    layout = ipywidgets.Layout(width=width)
    return kind(
        value=value, min=low, max=high, step=step, description=label, layout=layout, **options
    )


def dropdown(label, options, value=None, width=WIDTH):
    """Return a list to choose one from; the first where no value is given."""
    options = list(options)
    first = options[0][1] if isinstance(options[0], tuple) else options[0]
    return ipywidgets.Dropdown(
        options=options,
        value=first if value is None else value,
        description=label,
        layout=ipywidgets.Layout(width=width),
    )


def checkbox(label, value=False, width=WIDTH):
    """Return a box to tick, its label at the right."""
    layout = ipywidgets.Layout(width=width)
    return ipywidgets.Checkbox(value=value, description=label, indent=False, layout=layout)


def button(label, on_click):
    """Return a button that calls `on_click()`."""
    made = ipywidgets.Button(description=label, layout=ipywidgets.Layout(width="auto"))
    made.on_click(lambda _: on_click())
    return made


def _dress(widget, *names):
    for name in names:
        widget.add_class(name)
