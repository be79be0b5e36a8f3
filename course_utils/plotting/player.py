"""A player for the steps of a window: one HTML element that needs no network.

It is an `<iframe>` with its whole page inside, so that its script and style touch nothing else in
the notebook. A front end that lets no frame or script run (a notebook that is not trusted, a
browser without scripts) shows the filmstrip instead.
"""

import html
import json

from course_utils.plotting.picture import Picture

CELL, GAP = 38, 46  # pixels of the screen


class Player:
    """The animation of `Steps`, with the buttons Back, Play and Step; shown in a notebook."""

    def __init__(self, title: str, data: dict, filmstrip: Picture):
        self.title, self.data, self.filmstrip = title, data, filmstrip

    def to_html(self) -> str:
        """Return the `<iframe>` element, with the filmstrip for readers that show none."""
        width, height = self._size()
        image = self.filmstrip.to_html()
        # Where frames are taken away, what stands between the tags is left.
        size = f"max-width:{max(width, 720) + 32}px;height:{height + 178}px"
        return (
            f'<iframe title="{html.escape(self.title)}" srcdoc="{html.escape(self._page(image))}" '
            f'style="width:100%;{size};border:0">{image}</iframe>'
        )

    def _ipython_display_(self):
        from IPython.display import display

        display({"text/html": self.to_html(), "text/plain": self.filmstrip.alt}, raw=True)

    def _size(self) -> tuple[int, int]:
        """Return width and height of the drawing in pixels."""
        rows, columns = len(self.data["texts"]), len(self.data["texts"][0])
        shapes = [(rows, columns), self.data["window"], self.data["output"]]
        width = sum(shape[1] for shape in shapes[::2]) * CELL + shapes[1][1] * 1.35 * CELL
        tallest = max(rows, shapes[1][0] * 1.35, shapes[2][0])
        return round(width) + 2 * GAP + 8, round(tallest * CELL) + 8

    def _page(self, image: str) -> str:
        width, height = self._size()
        data = json.dumps(self.data, separators=(",", ":"), ensure_ascii=False)
        values = {
            "TITLE": html.escape(self.title),
            "WIDTH": str(width),
            "HEIGHT": str(height),
            "LAST": str(len(self.data["steps"]) - 1),
            "CELL": str(CELL),
            "GAP": str(GAP),
            "FILMSTRIP": image,
            "DATA": data.replace("</", "<\\/"),
        }
        page = _PAGE
        for name, value in values.items():
            page = page.replace(f"@{name}@", value)
        return page


_PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>@TITLE@</title>
<style>
body { margin: 0 16px; font: 15px/1.4 system-ui, sans-serif; color: #111; background: #fff }
h1 { font-size: 16px; margin: 8px 0 }
svg { display: block; width: 100%; max-width: @WIDTH@px }
svg text { text-anchor: middle; dominant-baseline: central; fill: #111 }
p { margin: 6px 0; min-height: 42px }
button { font: inherit; min-width: 84px; padding: 5px 10px; margin-right: 6px }
button, input { accent-color: #0072B2 }
:focus-visible { outline: 3px solid #D55E00; outline-offset: 2px }
input { width: 170px; vertical-align: middle }
noscript img { max-height: 96vh; width: auto }
#player { display: none }
@media (prefers-reduced-motion: no-preference) { #window, #place { transition: transform .25s } }
</style>
<noscript>@FILMSTRIP@</noscript>
<div id="player">
<h1>@TITLE@</h1>
<svg viewBox="-4 -4 @WIDTH@ @HEIGHT@" role="img" aria-label="@TITLE@"></svg>
<p id="text" aria-live="polite"></p>
<div role="group" aria-label="Steps">
<button id="back" type="button">&#9664; Back</button>
<button id="play" type="button">Play</button>
<button id="next" type="button">Step &#9654;</button>
<input id="slider" type="range" min="0" max="@LAST@" value="0" aria-label="Step">
<span id="count"></span>
</div>
</div>
<script>
const data = @DATA@;
const cell = @CELL@, gap = @GAP@, large = 1.35 * cell, highlight = "#FFDD99";
const svg = document.querySelector("svg");
const find = id => document.getElementById(id);

function draw(kind, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", kind);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  if (text !== undefined) element.textContent = text;
  svg.append(element);
  return element;
}

function grid(left, rows, columns, side) {
  const cells = [];
  for (let row = 0; row < rows; row++) {
    cells.push([]);
    for (let column = 0; column < columns; column++) {
      const x = left + column * side, y = row * side;
      const box = draw("rect", {x, y, width: side, height: side, fill: "#fff", stroke: "#999"});
      const label = draw("text", {x: x + side / 2, y: y + side / 2}, "");
      cells[row].push({box, label});
    }
  }
  return cells;
}

function write(at, text, fill, side) {
  at.label.textContent = text;
  at.label.setAttribute("font-size", Math.min(16, side * 1.5 / Math.max(1, text.length)));
  at.box.setAttribute("fill", fill);
}

function frame(id, rows, columns) {
  const size = {width: columns * cell, height: rows * cell};
  return draw("rect", {id, ...size, fill: "none", stroke: "#D55E00", "stroke-width": 4});
}

const rows = data.texts.length, columns = data.texts[0].length;
const middle = columns * cell + gap, right = middle + data.window[1] * large + gap;
const image = grid(0, rows, columns, cell);
const content = grid(middle, data.window[0], data.window[1], large);
const output = grid(right, data.output[0], data.output[1], cell);
const height = Math.max(...[[rows, cell], [data.window[0], large]].map(([n, side]) => n * side));
draw("text", {x: middle - gap / 2, y: large * data.window[0] / 2, "font-size": 22}, "\\u2192");
draw("text", {x: right - gap / 2, y: large * data.window[0] / 2, "font-size": 22}, "\\u2192");
const cells = data.steps[0].cells, last = cells[cells.length - 1];
const windowFrame = frame("window", last[0] - cells[0][0] + 1, last[1] - cells[0][1] + 1);
const placeFrame = frame("place", 1, 1);
let now = 0, timer = null;

function show(number) {
  now = number;
  const step = data.steps[now], inside = new Set(step.cells.map(String));
  image.forEach((line, row) => line.forEach((at, column) =>
    write(at, data.texts[row][column],
      inside.has(row + "," + column) ? highlight : data.fills[row][column], cell)));
  content.flat().forEach((at, place) => write(at, step.parts[place], highlight, large));
  output.flat().forEach((at, place) => {
    const [row, column] = data.steps[place].place;
    if (place > now) write(at, "", "#fff", cell);
    else write(at, data.steps[place].value, data.shades[row][column], cell);
  });
  const [top, left] = step.cells[0];
  windowFrame.style.transform = `translate(${left * cell}px, ${top * cell}px)`;
  placeFrame.style.transform =
    `translate(${right + step.place[1] * cell}px, ${step.place[0] * cell}px)`;
  find("text").textContent = step.text;
  find("slider").value = now;
  find("count").textContent = `${now + 1} of ${data.steps.length}`;
  find("slider").setAttribute("aria-valuetext", find("count").textContent);
}

function stop() {
  clearInterval(timer);
  timer = null;
  find("play").textContent = "Play";
  find("text").setAttribute("aria-live", "polite");
}

function play() {
  if (timer) return stop();
  if (now === data.steps.length - 1) show(0);
  find("play").textContent = "Pause";
  find("text").setAttribute("aria-live", "off");  // eyes follow; a voice could not keep up
  timer = setInterval(() => {
    show(Math.min(now + 1, data.steps.length - 1));
    if (now === data.steps.length - 1) stop();
  }, 1000);
}

find("play").onclick = play;
find("back").onclick = () => { stop(); show(Math.max(now - 1, 0)); };
find("next").onclick = () => { stop(); show(Math.min(now + 1, data.steps.length - 1)); };
find("slider").oninput = event => { stop(); show(Number(event.target.value)); };
find("player").style.display = "block";
show(0);
</script>
</html>
"""
