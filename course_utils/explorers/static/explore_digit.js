import { bars, button, by, element, panel, percent, stage } from "./page.js";
import { paintMaps } from "./colours.js";
import { forward, probabilities, readNetwork } from "./network.js";
import { drawingArea } from "./pen.js";
import { argmax, largest, tensor } from "./tensor.js";
import { affineMatrix, warp } from "./warp.js";

const SIDE = 28, SHIFT = 2, TURN = 15;  // pixels, pixels, degrees
const MAPS_SIDE = 382;  // pixels of the screen: two pages of maps side by side
const DIGITS = Array.from({ length: 10 }, (_, n) => n);

export function exploreDigit(root, { dense, convnet, convolutions }) {
  const networks = [["dense", "Dense network", readNetwork(dense)],
    ["convnet", "Convnet", readNetwork(convnet)]];
  const area = drawingArea(() => explorer.update());

  const draw = (_, panels) => {
    const pixels = Float32Array.from(area.ink, value => value / 255), words = [];
    const isEmpty = largest(pixels) === 0;
    let outputs;
    for (const [name, title, network] of networks) {
      outputs = forward(network, tensor(network.input, pixels));
      const shares = isEmpty ? new Float32Array(10) : probabilities(network, outputs.at(-1));
      const best = isEmpty ? -1 : argmax(shares);
      panels[name].show({ title, content: [bars(Array.from(shares), DIGITS, best)] });
      if (!isEmpty) words.push(`${title}: ${best}, with ${percent(shares[best])}.`);
    }
    convolutions.forEach((name, n) =>
      showMaps(panels[`maps_${n + 1}`], n + 1, outputs[networks[1][2].places[name]]));
    return words.join("\n") || "Draw a digit, large and in the middle; both networks answer.";
  };
  const buttons = Object.entries(CHANGES).map(([name, [label]]) => button(name, label));
  const explorer = stage(root, "draw-digit", {
    rows: [buttons], draw,
    panels: ["dense", "convnet", ...convolutions.map((_, n) => `maps_${n + 1}`)].map(panel),
    react: (_, changed) => {
      const [, change] = CHANGES[changed];
      area.set(change(tensor([SIDE, SIDE, 1], Float32Array.from(area.ink))).data);
    },
    layout: shown => {
      const [answers, maps] = [["dense", "convnet"], convolutions.map((_, n) => `maps_${n + 1}`)]
        .map(names => names.map(name => shown[name].element));
      const row = (...parts) => element("div", { class: "explorer-row explorer-panels" }, ...parts);
      return [row(...maps.slice(0, 1), element("div", { class: "explorer-column" }, ...maps.slice(1))),
        row(area.element, ...answers)];
    },
  });
  // What is drawn and what is answered come first, then the buttons, then the maps.
  const [buttonRow, mapRow, answerRow] = root.children;
  root.prepend(answerRow, buttonRow, mapRow);
}

function showMaps(panel, place, maps) {
  const [rows, columns, count] = maps.shape, across = count <= 32 ? 8 : count <= 64 ? 16 : 32;
  const page = paintMaps(maps, count, across, 0, largest(maps.data) || 1);
  panel.show({
    title: `Convolution ${place}: ${count} maps of ${by([rows, columns])}`, picture: page,
    alt: `The ${count} feature maps of convolution ${place}, bright where a filter responds.`,
    scale: MAPS_SIDE / Math.max(page.width, page.height),
  });
}

const moved = change => image => warp(image, affineMatrix(image.shape, change), "constant");

// Each pixel takes the largest ink of itself and its four neighbours.
function thicken(image) {
  const at = (y, x) => y < 0 || y >= SIDE || x < 0 || x >= SIDE ? 0 : image.data[y * SIDE + x];
  return tensor(image.shape, image.data.map((ink, i) => {
    const [y, x] = [Math.floor(i / SIDE), i % SIDE];
    return Math.max(ink, at(y - 1, x), at(y + 1, x), at(y, x - 1), at(y, x + 1));
  }));
}

const CHANGES = {
  left: ["Shift left", moved({ tx: SHIFT })],
  right: ["Shift right", moved({ tx: -SHIFT })],
  up: ["Shift up", moved({ ty: SHIFT })],
  down: ["Shift down", moved({ ty: -SHIFT })],
  rotate_left: ["Rotate left", moved({ theta: TURN })],
  rotate_right: ["Rotate right", moved({ theta: -TURN })],
  thicken: ["Thicken", thicken],
  clear: ["Clear", image => tensor(image.shape)],
};
