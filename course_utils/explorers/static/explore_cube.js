import { by, choice, element, frame, listRows, number, panel, placed, slider, stage, table }
  from "./page.js";
import { channelOf, paint, signedFill } from "./colours.js";
import { convolve } from "./convolution.js";
import { largest, smallest, unpack } from "./tensor.js";
import { slide } from "./windows.js";

const CHANNELS = ["red", "green", "blue"];
const TINTS = [[224, 90, 79], [79, 174, 90], [90, 140, 224]];  // black can be read on them
const CELL = 38;  // pixels of the screen for each number

// A picture of three channels is a cube of numbers, and so is a filter: it meets all channels at
// once, and the three partial sums become one number.
export function exploreCube(root, { image: packed, kernel: weights }) {
  const image = unpack(packed), kernel = unpack(weights), output = convolve(image, kernel);
  const [height, width, depth, filters] = kernel.shape;
  const { output: [rows, columns] } = slide(image.shape, kernel.shape);
  const names = Array.from({ length: filters }, (_, n) => `filter_${n + 1}`);
  const limits = [smallest(image.data), largest(image.data)];

  const weightsOf = (filter, channel) => Array.from({ length: height }, (_, i) =>
    Array.from({ length: width }, (_, j) =>
      kernel.data[((i * width + j) * depth + channel) * filters + filter]));
  const partialSum = (filter, channel, row, column) => weightsOf(filter, channel).reduce((sum, line, i) =>
    sum + line.reduce((all, weight, j) =>
      all + weight * image.data[((row + i) * image.shape[1] + column + j) * depth + channel], 0), 0);

  const draw = (controls, panels) => {
    const filter = Number(controls.filter.value), row = controls.row.value;
    const column = controls.column.value, window = [row, column, height, width];
    const sums = CHANNELS.map((_, channel) => partialSum(filter, channel, row, column));
    const total = sums.reduce((a, b) => a + b, 0);
    CHANNELS.forEach((name, channel) => {
      const one = channelOf(image, channel), picture = paint(one, ...limits), cells = weightsOf(filter, channel);
      tint(picture, TINTS[channel]);
      const most = largest(kernel.data.map(Math.abs));
      const caption = `Weights of filter ${filter + 1} for ${name}`;
      panels[name].show({
        title: `${name[0].toUpperCase()}${name.slice(1)}: ${by(image.shape)}`, picture, scale: CELL,
        alt: `The ${name} channel${listRows(one)}.`,
        marks: [...numbers(one), frame(window, image.shape)],
        content: [element("div", { class: "explorer-caption" }, caption),
          table(cells.map(line => line.map(number)),
            cells.map(line => line.map(weight => signedFill(weight, most))), caption),
          element("div", {}, `partial sum ${number(sums[channel])}`)],
      });
    });
    names.forEach((name, n) => {
      const map = channelOf(output, n), most = largest(map.data.map(Math.abs)) || 1;
      panels[name].show({
        title: `Map of filter ${n + 1}: ${by(map.shape)}`, scale: CELL,
        picture: paint(map, -1.9 * most, 1.9 * most, "diverging"), alt: `The map${listRows(map)}.`,
        marks: [...numbers(map), ...(n === filter ? [frame([row, column, 1, 1], map.shape)] : [])],
      });
    });
    const listed = CHANNELS.map((name, n) => `${name} ${number(sums[n])}`).join(", ");
    return `Filter ${filter + 1} at row ${row}, column ${column}: ${listed}; together `
      + `${number(total)}.\n${filters} filters of ${height} x ${width} x ${depth} weights `
      + `make ${filters} maps of ${by([rows, columns])}.`;
  };
  const explorer = stage(root, "cube", {
    rows: [[choice("filter", "Filter", names.map((_, n) => [`${n + 1} of ${filters}`, n])),
      slider("row", "Row", 0, 0, rows - 1), slider("column", "Column", 0, 0, columns - 1)]],
    panels: [...CHANNELS, ...names].map(panel), draw,
  });
  // A value of a map is chosen where it is pressed, too.
  names.forEach((name, n) => {
    explorer.panels[name].onPress((row, column) => {
      const { controls } = explorer;
      [controls.filter.value, controls.row.value, controls.column.value] = [n, row, column];
      explorer.update();
    });
  });
}

// So few digits that a number stays inside its cell: 0.04, 3.7, 185.
function brief(value) {
  const size = Math.abs(value), digits = Number.isInteger(value) || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toFixed(digits).replace("-", "−");
}

function numbers(image) {
  const [rows, columns] = image.shape;
  return Array.from(image.data, (value, i) => placed(
    element("span", { class: "number small" }, brief(value)),
    [Math.floor(i / columns), i % columns, 1, 1], [rows, columns]));
}

// From white, where nothing is, to the colour of the channel.
function tint({ data }, colour) {
  for (let i = 0; i < data.length; i += 4)
    for (let k = 2; k >= 0; k--) data[i + k] = 255 + (colour[k] - 255) * data[i] / 255;
}
