import { largest, smallest } from "./tensor.js";

// Colour maps: a few of their colours, and all between them. The first shows what is below and
// above zero, the second can be read by the colour-blind, the third is for heat.
const STOPS = {
  diverging: "053061 2065ab 4393c3 90c4dd d1e5f0 f7f6f6 fddbc7 f3a481 d6604d b1182b 67001f",
  cividis: "00224e 002e6a 1a386f 32436d 434e6c 535a6d 61656f 6f7073 7d7c78 8c8878 9b9476 aba072 "
    + "bcae6c cdbb63 dec958 f0d846 fee838",
  inferno: "000004 160b39 420a68 6a176e 932667 bc3754 dd513a f37819 fca50a f6d746 fcffa4",
};

// The 256 colours of a map, as numbers [red, green, blue, red, ...].
function palette(stops) {
  const colours = stops.split(" ").map(text => [0, 2, 4].map(i => parseInt(text.slice(i, i + 2), 16)));
  return Uint8Array.from({ length: 768 }, (_, i) => {
    const place = Math.floor(i / 3) / 255 * (colours.length - 1), below = Math.floor(place);
    const [from, to] = [colours[below][i % 3], (colours[below + 1] ?? colours[below])[i % 3]];
    return Math.round(from + (place - below) * (to - from));
  });
}
export const PALETTES = Object.fromEntries(
  Object.entries(STOPS).map(([name, stops]) => [name, palette(stops)]));

// Which of 256 levels each number is: `low` is 0, `high` is 255.
export function levels(data, low, high) {
  const factor = high > low ? 255 / (high - low) : 0, found = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i++) found[i] = (data[i] - low) * factor;
  return found;
}

// A picture as the screen has it: red, green, blue and opaqueness of each pixel. One channel is
// grey or in a colour map; three are colours.
export function paint({ shape: [rows, columns, channels = 1], data }, low, high, map) {
  const image = new ImageData(columns, rows), pixels = image.data;
  const shown = levels(data, low, high), colours = PALETTES[map];
  for (let i = 0; i < rows * columns; i++) {
    for (let k = 0; k < 3; k++) {
      const level = channels === 1 ? shown[i] : shown[channels * i + k];
      pixels[4 * i + k] = colours ? colours[3 * level + k] : level;
    }
    pixels[4 * i + 3] = 255;
  }
  return image;
}

// Pictures side by side, `columns` to a row, with a gap that shows the page behind them.
export function paintTiles(images, columns, gap) {
  const { width, height } = images[0], rows = Math.ceil(images.length / columns);
  const page = new ImageData(columns * (width + gap) - gap, rows * (height + gap) - gap);
  const pixels = new Uint32Array(page.data.buffer);
  images.forEach((image, place) => {
    const source = new Uint32Array(image.data.buffer);
    const [top, left] = tilePlace(place, columns, [height, width], gap);
    for (let row = 0; row < height; row++)
      pixels.set(source.subarray(row * width, (row + 1) * width), (top + row) * page.width + left);
  });
  return page;
}

export function tilePlace(place, columns, [height, width], gap) {
  return [Math.floor(place / columns) * (height + gap), place % columns * (width + gap)];
}

// What is drawn black and white: 0 and 1, 0 and 255, or what occurs.
export function usualLimits(data) {
  const [low, high] = [smallest(data), largest(data)];
  if (low >= 0 && high <= 1) return [0, 1];
  return low >= 0 && high > 16 && high <= 255 ? [0, 255] : [low, high];
}

// A pale colour for a number: blue below 0, white at 0, red above.
export function signedFill(value, most) {
  const [level] = levels([value], -1.9 * (most || 1), 1.9 * (most || 1));
  return `rgb(${PALETTES.diverging.subarray(3 * level, 3 * level + 3).join(",")})`;
}

// One channel of a picture or one map of a layer, as a picture of its own.
export function channelOf({ shape: [rows, columns, channels], data }, channel) {
  const one = new Float32Array(rows * columns);
  for (let i = 0; i < one.length; i++) one[i] = data[i * channels + channel];
  return { shape: [rows, columns, 1], data: one };
}

// The first maps of a layer side by side, on one scale.
export function paintMaps(maps, count, columns, low, high) {
  const all = Array.from({ length: count }, (_, n) => paint(channelOf(maps, n), low, high, "cividis"));
  return paintTiles(all, columns, 1);
}
