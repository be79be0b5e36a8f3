import { box, button, by, choice, element, frame, listRows, number, placed, slider } from "./page.js";
import { levels, paint, usualLimits } from "./colours.js";
import { unpack } from "./tensor.js";
import { cellsAt } from "./windows.js";

// What the explorers of convolution and pooling share: a window that slides over a picture.
const ROOM_FOR_NUMBERS = 28;  // pixels of the screen that a pixel needs for its number
const PAUSE = 600;  // ms between the steps of the player

// Pictures by name to choose from, and the controls for the places of the window, one by one.
export function windowControls(pictures) {
  const images = Object.fromEntries(
    Object.entries(pictures).map(([name, packed]) => [name, unpack(packed)]));
  const names = Object.keys(images).map(name => [name, name]);
  const picture = choice("picture", "Picture", names);
  const steps = [box("steps", "Step by step"), slider("row", "Row", 0, 0, 1),
    slider("column", "Column", 0, 0, 1), button("play", "Play")];
  return { images, steps, chosen: names.length > 1 ? [picture] : [],
    image: () => images[picture.value] };
}

// The place of the step to show, [row, column], or null where the whole is shown.
export function placeOf(controls, [rows, columns]) {
  for (const name of ["row", "column", "play"]) controls[name].show(controls.steps.value);
  if (!controls.steps.value) return null;
  controls.row.limit(rows - 1);
  controls.column.limit(columns - 1);
  return [controls.row.value, controls.column.value];
}

// Lets the button walk through all places in reading order, from the present one; then it stops.
// Where a reader wants less motion, each press is one step.
export function player(root, explorer) {
  const { row, column, play } = explorer.controls;
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.input.textContent = "Play";
  };
  const step = () => {
    if (!root.isConnected) return stop();
    const columns = Number(column.input.max) + 1, rows = Number(row.input.max) + 1;
    const next = row.value * columns + column.value + 1;
    if (next >= rows * columns) return stop();
    [row.value, column.value] = [Math.floor(next / columns), next % columns];
    explorer.update();
  };
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  play.input.addEventListener("click", () => {
    if (still.matches) return step();
    if (timer) return stop();
    if (row.value == row.input.max && column.value == column.input.max) row.value = column.value = 0;
    explorer.update();
    timer = setInterval(step, PAUSE);
    play.input.textContent = "Stop";
  });
}

export const marginsOf = ({ rows, columns }) =>
  [rows.before, rows.after, columns.before, columns.after];

export function pageOf([rows, columns], windows) {
  const [top, bottom, left, right] = marginsOf(windows);
  return [top + rows + bottom, left + columns + right];
}

// The picture with its zeros, and the window at a place, if any.
export function showInput(panel, image, windows, place, scale, outside = "0") {
  const limits = usualLimits(image.data), margins = marginsOf(windows);
  const page = pageOf(image.shape, windows), marks = [];
  if (scale >= ROOM_FOR_NUMBERS) marks.push(...cellNumbers(image, limits, page, margins, outside));
  if (place) marks.push(...windowFrames(windows, place, margins, page));
  panel.show({
    title: `Input: ${by(image.shape)}${margins.some(Boolean) ? ", padded" : ""}`,
    picture: paint(image, ...limits), alt: `The input, ${by(image.shape)} pixels${listRows(image)}.`,
    margins, scale, marks,
  });
}

// An output up to the place reached.
export function showOutput(panel, output, place, scale, { limits, map }, rest) {
  const [rows, columns] = output.shape, page = [rows, columns], marks = [];
  if (scale >= ROOM_FOR_NUMBERS) marks.push(...cellNumbers(output, limits, page, undefined, "", map));
  if (place) {
    const [row, column] = place;  // what comes after it in reading order is covered
    marks.push(frame([row, column + 1, 1, columns - column - 1], page, "cover"),
      frame([row + 1, 0, rows - row - 1, columns], page, "cover"),
      frame([row, column, 1, 1], page));
  }
  panel.show({ picture: paint(output, ...limits, map), scale, marks, ...rest });
}

// The frame of the window, and of each of its pixels where they do not touch.
function windowFrames(windows, place, [top, , left], page) {
  const [rows, columns] = cellsAt(windows, place).map((cells, axis) =>
    cells.map(n => n + (axis ? left : top)));
  const reach = cells => cells.at(-1) - cells[0] + 1;
  const frames = [frame([rows[0], columns[0], reach(rows), reach(columns)], page)];
  const spread = reach(rows) > rows.length || reach(columns) > columns.length;
  if (spread && rows.length * columns.length <= 49)
    for (const i of rows) for (const j of columns) frames.push(frame([i, j, 1, 1], page, "cell"));
  return frames;
}

// A number on each pixel, in the ink that can be read there, and `outside` on the padding.
function cellNumbers(image, limits, [high, wide], [top, , left] = [0, 0, 0, 0], outside, map) {
  const [rows, columns] = image.shape, marks = [], shown = levels(image.data, ...limits);
  for (let row = 0; row < high; row++) for (let column = 0; column < wide; column++) {
    const [y, x] = [row - top, column - left];
    const inside = y >= 0 && y < rows && x >= 0 && x < columns, at = y * columns + x;
    const dark = inside && (map ? shown[at] < 50 || shown[at] > 205 : shown[at] < 128);
    const mark = element("span", { class: dark ? "number light" : "number" },
      inside ? number(image.data[at]) : outside);
    marks.push(placed(mark, [row, column, 1, 1], [high, wide]));
  }
  return marks;
}

// The formula of the output's size with its numbers, one line an axis if they differ.
export function describeSizes([rows, columns], windows, padding) {
  const line = (size, axis, { places, before, after }) => {
    const [side, stride, dilation] = [windows.window, windows.stride, windows.dilation].map(p => p[axis]);
    if (padding === "same")
      return `\u2308${size} / ${stride}\u2309 = ${places}, padded by ${before} before and ${after} after`;
    const reach = dilation === 1 ? side : `((${side} \u2212 1) \u00d7 ${dilation} + 1)`;
    const zeros = padding === "valid" ? "" : ` + 2 \u00d7 ${padding}`;
    return `\u230a(${size}${zeros} \u2212 ${reach}) / ${stride}\u230b + 1 = ${places}`;
  };
  const lines = [line(rows, 0, windows.rows), line(columns, 1, windows.columns)];
  return lines[0] === lines[1] ? [`Rows and columns: ${lines[0]}`]
    : [`Rows: ${lines[0]}`, `Columns: ${lines[1]}`];
}
