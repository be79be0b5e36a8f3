import { sizeOf, tensor } from "./tensor.js";
import { addProducts, convolve, convolveDepthwise, pool } from "./convolution.js";
import { slide } from "./windows.js";
import { ACTIVATIONS, softmax } from "./activations.js";

// What each kind of layer computes: run(layer, inputs) gives its output, and back(layer, gradient,
// inputs, output) how much the score changes with each number that came in. Bias, activation and
// batch normalization of a Keras layer come as layers of their own (Scale, Activation).
const like = (image, change) => tensor(image.shape, image.data.map(change));
const sameShape = (shape, gradient) => [tensor(shape, gradient.data)];

export const KINDS = {
  Input: { run: (_, [image]) => image },
  Identity: { run: (_, [x]) => x, back: (_, gradient) => [gradient] },

  Reshape: {
    run: ({ shape }, [x]) => tensor(shape ?? [x.data.length], x.data),
    back: (_, gradient, [x]) => sameShape(x.shape, gradient),
  },

  Dense: {
    run({ kernel, bias }, [x]) {
      const [count, units] = kernel.shape, rows = x.data.length / count;
      const result = tensor([...x.shape.slice(0, -1), units]);
      for (let row = 0; row < rows; row++) {
        if (bias) result.data.set(bias.data, row * units);
        addProducts(x.data, row * count, count, kernel.data, 0, units, result.data, row * units, units);
      }
      return result;
    },
    back({ kernel }, gradient, [x]) {
      const [count, units] = kernel.shape, rows = x.data.length / count, result = tensor(x.shape);
      for (let row = 0; row < rows; row++) for (let i = 0; i < count; i++)
        for (let j = 0; j < units; j++)
          result.data[row * count + i] += gradient.data[row * units + j] * kernel.data[i * units + j];
      return [result];
    },
  },

  Convolution: {
    run: (layer, [x]) => convolve(x, layer.kernel, layer),
    back: convolutionBack,
  },
  DepthwiseConvolution: { run: (layer, [x]) => convolveDepthwise(x, layer.kernel, layer) },

  Pooling: {
    run: (layer, [x]) => pool(x, layer.size, layer),
    back: poolingBack,
  },
  GlobalPooling: {
    run({ mode, shape }, [x]) {
      const pooled = pool(x, x.shape.slice(0, 2), { mode });
      return tensor(shape ?? x.shape.slice(2), pooled.data);
    },
    back({ mode }, gradient, [x], output) {
      const channels = x.shape[2], share = mode === "average" ? channels / x.data.length : 1;
      return [like(x, (value, i) => mode === "average" || value === output.data[i % channels]
        ? share * gradient.data[i % channels] : 0)];
    },
  },

  // A number for each channel to multiply with, and one to add.
  Scale: {
    run({ factor, shift }, [x]) {
      const result = tensor(x.shape), count = factor.data.length;
      for (let i = 0, k = 0; i < x.data.length; i++, k = k + 1 < count ? k + 1 : 0)
        result.data[i] = x.data[i] * factor.data[k] + shift.data[k];
      return result;
    },
    back: ({ factor }, gradient) =>
      [like(gradient, (value, i) => value * factor.data[i % factor.data.length])],
  },

  Activation: {
    run({ name, low = 0, slope = 0, high = Infinity }, [x]) {
      if (name === "softmax") return eachRow(x, softmax);
      if (name === "rectifier")  // a ReLU layer with a threshold, a slope below it, or an end
        return like(x, value => Math.min(value >= low ? value : slope * (value - low), high));
      return like(x, ACTIVATIONS[name]);
    },
    // The slope of the function: how much it grows over a very small step.
    back(layer, gradient, [x]) {
      const step = 1e-6, values = Float64Array.from(x.data);
      const before = KINDS.Activation.run(layer, [tensor(x.shape, values.map(v => v - step))]).data;
      const here = KINDS.Activation.run(layer, [tensor(x.shape, values)]).data;
      return [like(gradient, (value, i) => value * (here[i] - before[i]) / step)];
    },
  },

  Padding: {
    run({ rows: [top, bottom], columns: [left, right] }, [x]) {
      const [rows, columns, channels] = x.shape, width = left + columns + right;
      const result = tensor([top + rows + bottom, width, channels]);
      for (let row = 0; row < rows; row++)
        result.data.set(x.data.subarray(row * columns * channels, (row + 1) * columns * channels),
          ((top + row) * width + left) * channels);
      return result;
    },
  },

  // Several inputs, number by number; one of 1 x 1 x channels meets each place of the other.
  Merge: {
    run({ name }, inputs) {
      const shape = inputs.reduce((a, b) => sizeOf(b.shape) > sizeOf(a.shape) ? b : a).shape;
      const merge = MERGES[name], first = inputs[0].data;
      const result = tensor(shape, Float32Array.from({ length: sizeOf(shape) },
        (_, i) => first[i % first.length]));
      for (const { data } of inputs.slice(1))
        for (let i = 0; i < result.data.length; i++)
          result.data[i] = merge(result.data[i], data[i % data.length]);
      return name === "Average" ? like(result, value => value / inputs.length) : result;
    },
    back({ name }, gradient, inputs) {
      if (name !== "Add") throw new Error(`The page knows no gradient of ${name}.`);
      return inputs.map(() => gradient);
    },
  },

  Concatenate: {
    run(_, inputs) {
      const counts = inputs.map(x => x.shape.at(-1)), all = counts.reduce((a, b) => a + b);
      const shape = [...inputs[0].shape.slice(0, -1), all], result = tensor(shape);
      let first = 0;
      inputs.forEach((x, n) => {
        for (let i = 0; i < x.data.length; i += counts[n])
          result.data.set(x.data.subarray(i, i + counts[n]), i / counts[n] * all + first);
        first += counts[n];
      });
      return result;
    },
    back(_, gradient, inputs) {
      let first = 0;
      const all = gradient.shape.at(-1);
      return inputs.map(x => {
        const count = x.shape.at(-1), start = first;
        first += count;
        return like(x, (_, i) => gradient.data[Math.floor(i / count) * all + start + i % count]);
      });
    },
  },
};

const MERGES = {
  Add: (a, b) => a + b, Average: (a, b) => a + b, Subtract: (a, b) => a - b,
  Multiply: (a, b) => a * b, Maximum: Math.max, Minimum: Math.min,
};

function eachRow(x, change) {
  const width = x.shape.at(-1), result = tensor(x.shape, x.data.slice());
  for (let i = 0; i < x.data.length; i += width)
    result.data.set(change(x.data.subarray(i, i + width)), i);
  return result;
}

// Each weight hands the gradient of its sum back to the pixel that it met.
function convolutionBack(layer, gradient, [x]) {
  const { kernel, groups = 1 } = layer, [rows, columns, channels] = x.shape;
  const [height, width, depth, filters] = kernel.shape, perGroup = filters / groups;
  const windows = slide(x.shape, [height, width], layer), result = tensor(x.shape);
  const { stride, dilation, output: [outRows, outColumns] } = windows;
  for (let row = 0; row < outRows; row++) for (let column = 0; column < outColumns; column++)
    for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) {
      const y = row * stride[0] - windows.rows.before + i * dilation[0];
      const z = column * stride[1] - windows.columns.before + j * dilation[1];
      if (y < 0 || y >= rows || z < 0 || z >= columns) continue;
      for (let k = 0; k < channels; k++) {
        const group = Math.floor(k / depth), first = group * perGroup;
        const at = ((i * width + j) * depth + k - group * depth) * filters;
        const from = (row * outColumns + column) * filters;
        let sum = 0;
        for (let f = first; f < first + perGroup; f++)
          sum += gradient.data[from + f] * kernel.data[at + f];
        result.data[(y * columns + z) * channels + k] += sum;
      }
    }
  return [result];
}

// Of a maximum, the first largest pixel of the window gets all; of an average, each its share.
function poolingBack({ size, mode, stride, padding }, gradient, [x]) {
  const [rows, columns, channels] = x.shape, result = tensor(x.shape);
  const windows = slide(x.shape, size, { stride, padding }), [outRows, outColumns] = windows.output;
  for (let row = 0; row < outRows; row++) for (let column = 0; column < outColumns; column++) {
    const top = row * stride[0] - windows.rows.before;
    const left = column * stride[1] - windows.columns.before;
    for (let k = 0; k < channels; k++) {
      const places = [];
      for (let y = Math.max(top, 0); y < Math.min(top + size[0], rows); y++)
        for (let z = Math.max(left, 0); z < Math.min(left + size[1], columns); z++)
          places.push((y * columns + z) * channels + k);
      const value = gradient.data[(row * outColumns + column) * channels + k];
      const best = places.reduce((a, b) => x.data[b] > x.data[a] ? b : a);
      if (mode === "max") result.data[best] += value;
      else for (const place of places) result.data[place] += value / places.length;
    }
  }
  return [result];
}
