import { tensor } from "./tensor.js";
import { slide } from "./windows.js";

// Slides filters over a picture; at each place each filter sums the products of its weights and
// the pixels below them. image: (rows, columns, channels); kernel: (rows, columns, channels,
// filters), as the weights of a Conv2D. With groups, a filter meets its own part of the channels.
export function convolve(image, kernel, options = {}) {
  const { groups = 1, bias = null } = options;
  const [rows, columns, channels] = image.shape;
  const [height, width, depth, filters] = kernel.shape;
  const windows = slide(image.shape, [height, width], options);
  const { stride, dilation, output: [outRows, outColumns] } = windows;
  const result = tensor([outRows, outColumns, filters]);
  const pixels = image.data, weights = kernel.data, sums = result.data;
  const perGroup = filters / groups;
  for (let row = 0; row < outRows; row++) for (let column = 0; column < outColumns; column++) {
    const place = (row * outColumns + column) * filters;
    if (bias) sums.set(bias.data, place);
    for (let i = 0; i < height; i++) {
      const y = row * stride[0] - windows.rows.before + i * dilation[0];
      if (y < 0 || y >= rows) continue;
      for (let j = 0; j < width; j++) {
        const x = column * stride[1] - windows.columns.before + j * dilation[1];
        if (x < 0 || x >= columns) continue;
        for (let group = 0; group < groups; group++)
          addProducts(pixels, (y * columns + x) * channels + group * depth, depth,
            weights, (i * width + j) * depth * filters + group * perGroup, filters,
            sums, place + group * perGroup, perGroup);
      }
    }
  }
  return result;
}

// Adds to `count` sums, from `place` on, the products of some numbers and their weights; the
// weights of a number stand in a row of the matrix, `width` long. Four numbers at a time, so that
// a sum is fetched and put back once for four products: more than twice as quick.
export function addProducts(numbers, from, many, weights, at, width, sums, place, count) {
  const end = from + many;
  for (; from + 4 <= end; from += 4, at += 4 * width) {
    const a = numbers[from], b = numbers[from + 1], c = numbers[from + 2], d = numbers[from + 3];
    if (a === 0 && b === 0 && c === 0 && d === 0) continue;
    for (let f = 0; f < count; f++)
      sums[place + f] += a * weights[at + f] + b * weights[at + width + f]
        + c * weights[at + 2 * width + f] + d * weights[at + 3 * width + f];
  }
  for (; from < end; from++, at += width) {
    const a = numbers[from];
    if (a !== 0) for (let f = 0; f < count; f++) sums[place + f] += a * weights[at + f];
  }
}

// Each channel has filters of its own. kernel: (rows, columns, channels, filters of each channel).
// The walk is typed out once more: shared, with a function for each pixel, it took 1.5 times as long.
export function convolveDepthwise(image, kernel, options = {}) {
  const [rows, columns, channels] = image.shape, [height, width, , multiplier] = kernel.shape;
  const windows = slide(image.shape, [height, width], options);
  const { stride, dilation, output: [outRows, outColumns] } = windows;
  const filters = channels * multiplier, result = tensor([outRows, outColumns, filters]);
  const pixels = image.data, weights = kernel.data, sums = result.data;
  for (let row = 0; row < outRows; row++) for (let column = 0; column < outColumns; column++) {
    const place = (row * outColumns + column) * filters;
    if (options.bias) sums.set(options.bias.data, place);
    for (let i = 0; i < height; i++) {
      const y = row * stride[0] - windows.rows.before + i * dilation[0];
      if (y < 0 || y >= rows) continue;
      for (let j = 0; j < width; j++) {
        const x = column * stride[1] - windows.columns.before + j * dilation[1];
        if (x < 0 || x >= columns) continue;
        const here = (y * columns + x) * channels, cell = (i * width + j) * filters;
        for (let f = 0; f < filters; f++)
          sums[place + f] += pixels[here + Math.floor(f / multiplier)] * weights[cell + f];
      }
    }
  }
  return result;
}

// The largest value or the average of each window, channel by channel. Padding never counts.
export function pool(image, size, options = {}) {
  const { mode = "max", stride = size } = options;
  const [rows, columns, channels] = image.shape;
  const windows = slide(image.shape, size, { ...options, stride });
  const [outRows, outColumns] = windows.output, result = tensor([outRows, outColumns, channels]);
  for (let row = 0; row < outRows; row++) for (let column = 0; column < outColumns; column++) {
    const top = row * stride[0] - windows.rows.before;
    const left = column * stride[1] - windows.columns.before;
    const [y0, y1] = [Math.max(top, 0), Math.min(top + size[0], rows)];
    const [x0, x1] = [Math.max(left, 0), Math.min(left + size[1], columns)];
    for (let k = 0; k < channels; k++) {
      let found = mode === "max" ? -Infinity : 0;
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) {
        const pixel = image.data[(y * columns + x) * channels + k];
        found = mode === "max" ? Math.max(found, pixel) : found + pixel;
      }
      const share = mode === "max" ? 1 : (y1 - y0) * (x1 - x0);
      result.data[(row * outColumns + column) * channels + k] = found / share;
    }
  }
  return result;
}
