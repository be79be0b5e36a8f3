import { box, button, choice, panel, percent, slider, stage } from "./page.js";
import { paint, paintTiles } from "./colours.js";
import { tensor, unpack } from "./tensor.js";
import { affineMatrix, randomNumbers, warp } from "./warp.js";

const COUNT = 9, GAP = 4;
const FILLS = ["nearest", "constant", "reflect", "wrap"].map(name => [name, name]);

export function exploreAugmentation(root, { picture }) {
  const image = unpack(picture), [rows, columns] = image.shape, side = Math.max(rows, columns);
  let seed = 0;

  // The nine keep their random numbers while the sliders move; the button draws new ones.
  const drawn = values => {
    const random = randomNumbers(seed), between = reach => reach * (2 * random() - 1);
    return Array.from({ length: COUNT }, () => ({
      theta: between(values.rotation),
      tx: between(values.width_shift) * columns, ty: between(values.height_shift) * rows,
      shear: between(values.shear), zx: 1 + between(values.zoom), zy: 1 + between(values.zoom),
      flipHorizontal: random() > 0.5 && values.horizontal_flip,
      flipVertical: random() > 0.5 && values.vertical_flip,
    }));
  };
  const draw = (controls, panels) => {
    const values = Object.fromEntries(Object.values(controls).map(({ name, value }) => [name, value]));
    const nine = drawn(values).map(change =>
      paint(warp(image, affineMatrix(image.shape, change), values.fill_mode), 0, 255));
    panels.original.show({ title: "Original", alt: "The picture itself.",
      picture: paint(image, 0, 255), scale: 240 / side });
    panels.variants.show({ title: "Nine variants", alt: `Nine variants. ${inWords(values)}`,
      picture: paintTiles(nine, 3, GAP), scale: 480 / (3 * side + 2 * GAP) });
    return inWords(values);
  };
  const share = value => percent(value).replace(" ", "");
  const degrees = value => `${value}\u00b0`;
  stage(root, "augmentation", {
    rows: [
      [slider("rotation", "Rotation", 20, 0, 180, 5, degrees),
        slider("width_shift", "Sideways", 0.1, 0, 0.5, 0.05, share),
        slider("height_shift", "Up, down", 0.1, 0, 0.5, 0.05, share)],
      [slider("shear", "Shear", 10, 0, 45, 5, degrees),
        slider("zoom", "Zoom", 0.2, 0, 0.8, 0.05, share), choice("fill_mode", "Beyond", FILLS)],
      [box("horizontal_flip", "Flip left and right", true),
        box("vertical_flip", "Flip top and bottom"), button("another", "Another nine")],
    ],
    panels: ["original", "variants"].map(panel),
    react: (_, changed) => { if (changed === "another") seed++; },
    draw,
  });
}

function inWords(values) {
  const share = value => percent(value).replace(" ", "");
  const flips = [["horizontal_flip", "left and right"], ["vertical_flip", "top and bottom"]];
  const parts = [
    `Rotation up to ${values.rotation}\u00b0 either way`,
    `shift up to ${share(values.width_shift)} sideways`,
    `up to ${share(values.height_shift)} up or down`,
    `shear up to ${values.shear}\u00b0`,
    `zoom from ${(1 - values.zoom).toFixed(2)} to ${(1 + values.zoom).toFixed(2)}`,
    ...flips.filter(([name]) => values[name]).map(([, way]) => `half of them flipped ${way}`),
  ];
  return `${parts.join(", ")}.`;
}
