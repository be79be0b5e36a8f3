// Controls, panels and words of an explorer, made of what every browser has: keyboard, finger and
// screen reader come with them.

export function element(kind, attributes = {}, ...children) {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  made.append(...children);
  return made;
}

// ---- controls: each has a name, an element, and a value that can be read and set

function control(name, element_, input, { read = () => input.value, write, on = "input" } = {}) {
  element_.classList.add("explorer-control", `control-${name}`);
  return {
    name, element: element_, input, on,
    get value() { return read(); },
    set value(value) { if (write) write(value); else input.value = value; },
    show(visible) { element_.hidden = !visible; },
  };
}

export function slider(name, label, value, low, high, step = 1, write = String) {
  const input = element("input", { type: "range", min: low, max: high, step, value });
  const shown = element("output", {}, write(value));
  const tell = () => {
    shown.textContent = write(Number(input.value));
    input.setAttribute("aria-valuetext", shown.textContent);
  };
  input.addEventListener("input", tell);
  tell();
  const made = control(name, element("label", { class: "slider" },
    element("span", {}, label), input, shown), input,
  { read: () => Number(input.value), write: next => { input.value = next; tell(); } });
  made.limit = high => { input.max = high; tell(); };
  return made;
}

export function choice(name, label, options, value = options[0][1]) {
  const input = element("select");
  const made = control(name, element("label", {}, element("span", {}, label), input), input);
  made.offer = offered => input.replaceChildren(...offered.map(([text, key]) =>
    element("option", { value: key }, text)));
  made.offer(options);
  input.value = value;
  return made;
}

export function box(name, label, checked = false) {
  const input = element("input", { type: "checkbox", checked });
  return control(name, element("label", { class: "box" }, input, element("span", {}, label)), input,
    { read: () => input.checked, write: value => { input.checked = value; } });
}

export function textArea(name, label, value) {
  const input = element("textarea", { rows: 3, spellcheck: "false" });
  input.value = value;
  return control(name, element("label", {}, element("span", {}, label), input), input);
}

export function button(name, label) {
  const input = element("button", { type: "button" }, label);
  return control(name, input, input, { on: "click" });
}

// ---- panels

// A title over a picture or over anything else; without a title nothing is shown.
export function panel(name) {
  const title = element("figcaption"), below = element("div");
  const picture = element("canvas", { class: "explorer-picture", role: "img" });
  const overlay = element("div", { class: "explorer-overlay", "aria-hidden": "true" });
  const screen = element("div", { class: "explorer-screen" }, picture, overlay);
  const figure = element("figure", { class: `explorer-panel panel-${name}`, hidden: true },
    title, screen, below);
  let version = 0;

  // picture: a painted one, see `colours.js`; scale: pixels of the screen for each of it;
  // margins: zeros around it (top, bottom, left, right); marks: elements placed by `placed`.
  const show = ({ title: text = "", picture: painted, alt = "", scale = 1, margins = [0, 0, 0, 0],
    marks = [], content = [] }) => {
    title.textContent = text;
    figure.hidden = !text;
    below.replaceChildren(...content);
    overlay.replaceChildren(...marks);
    screen.hidden = !painted;
    if (!painted) return;
    const { width, height } = painted, [top, bottom, left, right] = margins;
    const [wide, high] = [left + width + right, top + height + bottom];
    if (picture.width !== width || picture.height !== height)
      Object.assign(picture, { width, height });
    picture.getContext("2d").putImageData(painted, 0, 0);
    Object.assign(screen.style, { width: `${wide * scale}px`, aspectRatio: `${wide} / ${high}` });
    Object.assign(picture.style, {
      top: `${100 * top / high}%`, left: `${100 * left / wide}%`,
      height: `${100 * height / high}%`, width: `${100 * width / wide}%`,
      imageRendering: scale < 1 ? "auto" : "pixelated",
    });
    picture.setAttribute("aria-label", alt);
    picture.dataset.version = ++version;
  };
  // Calls `chosen` with the row and the column of a pixel that is pressed.
  const onPress = chosen => {
    picture.classList.add("pressable");
    picture.addEventListener("click", event => {
      const box = picture.getBoundingClientRect();
      const place = (start, side, pixels) => Math.min(Math.floor(start / side * pixels), pixels - 1);
      chosen(place(event.clientY - box.top, box.height, picture.height),
        place(event.clientX - box.left, box.width, picture.width));
    });
  };
  return { name, element: figure, show, onPress };
}

// Places an element over pixels of a picture of [rows, columns], in per cent of it.
export function placed(made, [top, left, rows, columns], [high, wide]) {
  Object.assign(made.style, {
    top: `${100 * top / high}%`, left: `${100 * left / wide}%`,
    height: `${100 * rows / high}%`, width: `${100 * columns / wide}%`,
  });
  return made;
}

export const frame = (area, page, kind = "frame") =>
  placed(element("span", { class: kind }), area, page);

// ---- the whole

// Rows of controls, panels and a line of plain words. `react` may bring other controls up to date
// after a reader changed one; `draw` shows everything and returns the words. A RangeError is a
// sentence for the reader: it is shown, and the pictures stay as they were.
export function stage(root, name, { rows, panels, react = () => {}, draw, layout }) {
  const controls = Object.fromEntries(rows.flat().map(made => [made.name, made]));
  const shown = Object.fromEntries(panels.map(made => [made.name, made]));
  const status = element("div", { class: "explorer-status", role: "status" });
  const line = (kind, parts) => element("div", { class: `explorer-row ${kind}` }, ...parts);
  root.classList.add("explorer", `explorer-${name}`);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", `Explorer: ${name.replaceAll("-", " ")}`);
  // Keys and fingers in an explorer are meant for it: not for JupyterLab, not for the slides.
  root.dataset.lmSuppressShortcuts = "true";
  root.dataset.preventSwipe = "";
  root.addEventListener("keydown", event => event.stopPropagation());

  const say = (text, problem = false) => {
    status.textContent = text;
    status.classList.toggle("explorer-problem", problem);
  };
  const update = changed => {
    try {
      if (changed) react(controls, changed);
      say(draw(controls, shown));
    } catch (problem) {
      if (!(problem instanceof RangeError)) throw problem;
      say(problem.message, true);
    }
  };
  for (const made of Object.values(controls))
    made.input.addEventListener(made.on, () => update(made.name));
  root.replaceChildren(
    ...rows.filter(row => row.length).map(row => line("", row.map(made => made.element))),
    ...(layout ? layout(shown) : [line("explorer-panels", panels.map(made => made.element))]),
    status);
  update();
  return { controls, panels: shown, update, say };
}

// ---- words, numbers and tables

export const by = (shape, times = " x ") => shape.slice(0, 2).join(times);
export const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)}${digits ? "" : " "}%`;

// A number in few characters, with a true minus sign.
export function number(value) {
  const text = value % 1 ? String(Number(value.toPrecision(3))) : value.toFixed(0);
  return text.replace(/^-0$/, "0").replaceAll("-", "\u2212");
}

// The numbers of a small picture for its alt text, ": 1 0; 0 1"; nothing for larger ones.
export function listRows({ shape: [rows, columns], data }, most = 100) {
  if (rows * columns > most) return "";
  const row = n => Array.from(data.subarray(n * columns, (n + 1) * columns), number).join(" ");
  return ": " + Array.from({ length: rows }, (_, n) => row(n)).join("; ");
}

// Rows of texts as a table; `fills` are colours, `caption` is for the ear.
export function table(texts, fills, caption) {
  return element("table", { class: "explorer-table", "aria-label": caption }, ...texts.map((line, i) =>
    element("tr", {}, ...line.map((text, j) =>
      element("td", { style: fills && `background:${fills[i][j]}` }, text)))));
}

// Shares from 0 to 1 as a bar and a percentage each; the best stands out.
export function bars(values, names, best = -1) {
  const cells = values.flatMap((value, place) => {
    const kind = place === best ? "best" : "";
    const bar = element("span", { class: "bar", style: `width:${100 * value}%` });
    return [element("span", { class: kind }, String(names[place])),
      element("span", { class: `track ${kind}` }, bar),
      element("span", { class: kind }, percent(value))];
  });
  return element("div", { class: "explorer-bars", "data-answer": names[best] ?? "" }, ...cells);
}

// How much pictures of these [rows, columns] are enlarged, all alike; where a pixel becomes a
// square that the eye can see, all squares are of one size.
export function scaleOf(shapes, side = 256) {
  const scale = side / Math.max(...shapes.flatMap(([rows, columns]) => [rows, columns]));
  return scale >= 4 ? Math.floor(scale) : scale;
}
