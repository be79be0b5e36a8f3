import { tensor } from "./tensor.js";

// Rotation, shift, shear, zoom and flips as one matrix [a, b, row; c, d, column]. It takes a pixel
// of the output to the place in the input where its value is read; all turns about the centre.
export function affineMatrix([rows, columns], change = {}) {
  const { theta = 0, tx = 0, ty = 0, shear = 0, zx = 1, zy = 1 } = change;
  const turn = theta * Math.PI / 180, slant = turn + shear * Math.PI / 180;
  const [u, v] = [change.flipHorizontal ? -zx : zx, change.flipVertical ? -zy : zy];
  const a = Math.cos(slant) * v, b = Math.sin(turn) * u;
  const c = -Math.sin(slant) * v, d = Math.cos(turn) * u;
  const [y, x] = [(rows - 1) / 2, (columns - 1) / 2];
  return [
    a, b, y - a * y - b * x + Math.cos(turn) * ty + Math.sin(turn) * tx,
    c, d, x - c * y - d * x + Math.cos(turn) * tx - Math.sin(turn) * ty,
  ];
}

// Reads each pixel of the output from between four of the input.
export function warp(image, [a, b, top, c, d, left], fill = "nearest") {
  const [rows, columns, channels] = image.shape, result = tensor(image.shape.slice());
  const pixels = image.data, warped = result.data;
  const [foldRow, foldColumn] = [folding(rows, fill), folding(columns, fill)];
  let place = 0;
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
    const y = foldRow(a * row + b * column + top), x = foldColumn(c * row + d * column + left);
    if (y < 0 || x < 0) { place += channels; continue; }  // beyond, and filled with zeros
    const up = Math.floor(y), across = Math.floor(x);
    const down = up + 1 < rows ? columns * channels : 0, right = across + 1 < columns ? channels : 0;
    const [v, u] = [y - up, x - across];
    let here = (up * columns + across) * channels;
    for (let k = 0; k < channels; k++, here++) {
      const upper = pixels[here] + u * (pixels[here + right] - pixels[here]);
      const lower = pixels[here + down] + u * (pixels[here + down + right] - pixels[here + down]);
      warped[place++] = upper + v * (lower - upper);
    }
  }
  return result;
}

// How a place beyond the border comes back into the picture; -1 where nothing is to be read.
function folding(size, fill) {
  const last = size - 1, nearly = 1e-3, period = fill === "reflect" ? 2 * size : Math.max(last, 1);
  return place => {
    const inside = place >= -nearly && place <= last + nearly;
    if (!inside && fill === "constant") return -1;
    if (fill === "reflect") {
      place += 0.5 - period * Math.floor((place + 0.5) / period);
      place = Math.min(place, period - place) - 0.5;
    } else if (!inside && fill === "wrap") place -= period * Math.floor(place / period);
    return place < 0 ? 0 : place > last ? last : place;
  };
}

// A picture in another size: each new pixel lies between four old ones (bilinear).
export function resize(image, [rows, columns]) {
  const [height, width, channels] = image.shape, result = tensor([rows, columns, channels]);
  const along = (n, size, old) => Math.min(Math.max((n + 0.5) * old / size - 0.5, 0), old - 1);
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
    const y = along(row, rows, height), x = along(column, columns, width);
    const [up, across] = [Math.floor(y), Math.floor(x)];
    const [down, right] = [Math.min(up + 1, height - 1), Math.min(across + 1, width - 1)];
    for (let k = 0; k < channels; k++) {
      const at = (r, c) => image.data[(r * width + c) * channels + k];
      const upper = at(up, across) + (x - across) * (at(up, right) - at(up, across));
      const lower = at(down, across) + (x - across) * (at(down, right) - at(down, across));
      result.data[(row * columns + column) * channels + k] = upper + (y - up) * (lower - upper);
    }
  }
  return result;
}

// Random numbers from 0 to 1 that are the same for the same seed (mulberry32).
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = state + 0x6D2B79F5 >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}
