// A tensor is its shape and its numbers in reading order: { shape: [rows, columns, channels], data }.
// The number at row r, column c, channel k stands at (r * columns + c) * channels + k.

export const sizeOf = shape => shape.reduce((product, side) => product * side, 1);

export function tensor(shape, data = new Float32Array(sizeOf(shape))) {
  return { shape, data };
}

// What Python packed: numbers of a kind, as bytes (JupyterLab) or as text in base64 (a page).
export function unpack({ shape, kind, bytes, bits, scales }) {
  const view = typeof bytes === "string" ? fromBase64(bytes) : bytes;
  if (kind === "levels")
    return tensor(shape, fromLevels(view, sizeOf(shape), bits, unpack(scales).data));
  const raw = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  return tensor(shape, READERS[kind](raw));
}

const READERS = {
  float64: raw => new Float64Array(raw),
  float32: raw => new Float32Array(raw),
  uint8: raw => new Float32Array(new Uint8Array(raw)),
  float16: raw => eachNumber(new Uint16Array(raw), halfToNumber),
};

function eachNumber(raw, change) {
  const numbers = new Float32Array(raw.length);
  for (let i = 0; i < raw.length; i++) numbers[i] = change(raw[i]);
  return numbers;
}

// A few bits a weight: a whole number, whose middle stands for 0, times the scale of its filter.
function fromLevels(bytes, count, bits, scales) {
  const numbers = new Float32Array(count), highest = 2 ** bits - 1, middle = highest >> 1;
  let held = 0, have = 0, i = 0;  // bits that were read and not yet used, and how many they are
  for (const byte of bytes) {
    held = (held << 8 | byte) & 0xfffff;
    have += 8;
    for (; have >= bits && i < count; have -= bits, i++)
      numbers[i] = ((held >> have - bits & highest) - middle) * scales[i % scales.length];
  }
  return numbers;
}

function fromBase64(text) {
  const letters = atob(text), bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

// Half precision: one bit for the sign, five for the power of two, ten for the digits behind the 1.
function halfToNumber(bits) {
  const sign = bits >> 15 ? -1 : 1, power = bits >> 10 & 31, digits = (bits & 1023) / 1024;
  return sign * (power ? (1 + digits) * 2 ** (power - 15) : digits * 2 ** -14);
}

export function largest(numbers) {
  let found = -Infinity;
  for (const number of numbers) if (number > found) found = number;
  return found;
}

export function smallest(numbers) {
  let found = Infinity;
  for (const number of numbers) if (number < found) found = number;
  return found;
}

// Where the largest number stands.
export function argmax(numbers) {
  let best = 0;
  for (let i = 1; i < numbers.length; i++) if (numbers[i] > numbers[best]) best = i;
  return best;
}
