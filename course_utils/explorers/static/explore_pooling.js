import { box, by, choice, element, listRows, number, panel, scaleOf, slider, stage, table }
  from "./page.js";
import { usualLimits } from "./colours.js";
import { pool } from "./convolution.js";
import { largest, sizeOf } from "./tensor.js";
import { cellsAt, slide } from "./windows.js";
import {
  describeSizes, pageOf, placeOf, player, showInput, showOutput, windowControls,
} from "./window_view.js";

const OUTSIDE = "\u2013";  // padding never counts
const PADDINGS = ["valid", "same"].map(name => [name, name]);

export function explorePooling(root, { pictures }) {
  const { chosen, steps, image } = windowControls(pictures);

  const react = ({ size, tiles, stride }, changed) => {
    if (changed === "stride") tiles.value = stride.value === size.value;
    else if (tiles.value) stride.value = size.value;
  };
  const draw = (controls, panels) => {
    const pixels = image(), padding = controls.padding.value;
    const window = [controls.size.value, controls.size.value];
    const options = { stride: [controls.stride.value, controls.stride.value], padding };
    const windows = slide(pixels.shape, window, options);
    const scale = scaleOf([pageOf(pixels.shape, windows)]), place = placeOf(controls, windows.output);
    const look = { limits: usualLimits(pixels.data) };
    for (const [name, mode] of [["maximum", "max"], ["average", "average"]]) {
      const output = pool(pixels, window, { ...options, mode });
      showOutput(panels[name], output, place, scale, look, {
        title: `${name[0].toUpperCase()}${name.slice(1)}: ${by(output.shape)}`,
        alt: `The ${name} of each window, ${by(output.shape)} values${listRows(output)}.`,
      });
    }
    showInput(panels.input, pixels, windows, place, scale, OUTSIDE);
    showWindow(panels.window, pixels, windows, place);
    const kept = sizeOf(windows.output), all = sizeOf(pixels.shape);
    return [...describeSizes(pixels.shape, windows, padding),
      `${kept.toLocaleString("en")} of ${all.toLocaleString("en")} values: `
      + `${(100 * kept / all).toFixed(1)}%.`].join("\n");
  };
  const explorer = stage(root, "pooling", {
    rows: [
      [...chosen, slider("size", "Window", 2, 1, 8), box("tiles", "Stride as the window", true)],
      [slider("stride", "Stride", 2, 1, 8), choice("padding", "Padding", PADDINGS)],
      steps,
    ],
    panels: ["input", "maximum", "average", "window"].map(panel), react, draw,
  });
  player(root, explorer);
}

// The numbers in the window, their maximum and their average.
function showWindow(panel, image, windows, place) {
  if (!place) return panel.show({});
  const [rows, columns] = cellsAt(windows, place), [high, wide] = image.shape;
  const cells = rows.map(y => columns.map(x =>
    y >= 0 && y < high && x >= 0 && x < wide ? image.data[y * wide + x] : null));
  const values = cells.flat().filter(value => value !== null), most = largest(values);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const title = `Row ${place[0]}, column ${place[1]} of the output`;
  const texts = cells.map(line => line.map(value => value === null ? OUTSIDE : number(value)));
  const fills = cells.map(line => line.map(value => value === most ? "#fd9" : "#fff"));
  panel.show({ title, content: [table(texts, fills, title),
    element("div", {}, `maximum ${number(most)}, average ${number(mean)}`)] });
}
