import { by, choice, frame, panel, slider, stage } from "./page.js";
import { paint, usualLimits } from "./colours.js";
import { unpack, tensor } from "./tensor.js";
import { slideAxis } from "./windows.js";

const SIDE = 150;  // pixels of the screen for each layer

// What a value of a layer sees: its window in the layer before, the windows of those values, and
// so on down to the picture.
export function exploreField(root, { layers, picture: packed }) {
  const picture = unpack(packed), names = layers.map((_, n) => `layer_${n + 1}`);
  const sizes = [picture.shape.slice(0, 2)];  // of the picture, then of each layer
  for (const layer of layers) sizes.push(axesOf(layer, sizes.at(-1)).map(axis => axis.places));

  // First and last place along an axis, for each layer from the chosen one down to the picture;
  // beyond the layer's border there is padding.
  const windowsOf = (chosen, place, axis) => {
    const windows = { [chosen]: [place, place] };
    for (let n = chosen; n > 0; n--) {
      const { window, stride, dilation } = layers[n - 1];
      const { before } = axesOf(layers[n - 1], sizes[n - 1])[axis];
      const [first, last] = windows[n];
      windows[n - 1] = [first * stride[axis] - before,
        last * stride[axis] - before + (window[axis] - 1) * dilation[axis]];
    }
    return windows;
  };
  const draw = (controls, panels) => {
    const chosen = Number(controls.layer.value), places = ["row", "column"].map((name, axis) => {
      controls[name].limit(sizes[chosen][axis] - 1);
      return controls[name].value;
    });
    const [rows, columns] = places.map((place, axis) => windowsOf(chosen, place, axis));
    [["input", "Picture"], ...layers.map(({ title }, n) => [names[n], title])].forEach(([name, title], n) => {
      if (n > chosen) return panels[name].show({});
      const [high, wide] = sizes[n], area = [clip(rows[n], high), clip(columns[n], wide)];
      const seen = area.map(([first, last]) => last - first + 1);
      panels[name].show({
        title: `${title}: ${by(sizes[n])}`, scale: SIDE / Math.max(high, wide),
        picture: n ? paint(chequered(high, wide), 0, 1) : paint(picture, ...usualLimits(picture.data)),
        alt: `${title}, ${by(sizes[n])}: ${by(seen)} of them count.`,
        marks: [frame([area[0][0], area[1][0], ...seen], [high, wide])],
      });
    });
    const reach = [rows[0], columns[0]].map(([first, last]) => last - first + 1);
    const inside = [rows[0], columns[0]].map((ends, axis) => clip(ends, sizes[0][axis]));
    const line = ([first, last]) => `${first} to ${last}`;
    const padded = inside.some(([first, last], axis) => last - first + 1 < reach[axis]);
    return `A value of ${layers[chosen - 1].title} sees ${by(reach)} pixels of the picture: rows `
      + `${line(inside[0])}, columns ${line(inside[1])}${padded ? "; the rest is padding" : ""}.`;
  };
  const explorer = stage(root, "receptive-field", {
    rows: [[choice("layer", "Layer", layers.map(({ title }, n) => [title, n + 1]), layers.length),
      slider("row", "Row", Math.floor(sizes.at(-1)[0] / 2), 0, sizes.at(-1)[0] - 1),
      slider("column", "Column", Math.floor(sizes.at(-1)[1] / 2), 0, sizes.at(-1)[1] - 1)]],
    panels: ["input", ...names].map(panel), draw,
  });
  names.forEach((name, n) => explorer.panels[name].onPress((row, column) => {
    const { controls } = explorer;
    controls.layer.value = n + 1;
    controls.row.limit(sizes[n + 1][0] - 1);
    controls.column.limit(sizes[n + 1][1] - 1);
    [controls.row.value, controls.column.value] = [row, column];
    explorer.update();
  }));
}

const axesOf = ({ window, stride, padding, dilation }, shape) => [0, 1].map(axis =>
  slideAxis(shape[axis], window[axis], stride[axis], padding, dilation[axis]));

const clip = ([first, last], size) => [Math.max(first, 0), Math.min(last, size - 1)];

function chequered(rows, columns) {
  return tensor([rows, columns, 1], Float32Array.from({ length: rows * columns },
    (_, i) => (Math.floor(i / columns) + i % columns) % 2 ? 0.85 : 0.75));
}
