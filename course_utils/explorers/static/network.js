import { largest, sizeOf, tensor, unpack } from "./tensor.js";
import { softmax } from "./activations.js";
import { KINDS } from "./layers.js";
import { resize } from "./warp.js";

// A network is a list of layers; each names the earlier ones (`sources`) whose outputs go in.
export function readNetwork({ layers, ...network }) {
  return { ...network, layers: layers.map(layer => {
    const read = { ...layer };
    for (const name of ["kernel", "bias", "factor", "shift"])
      if (layer[name]) read[name] = unpack(layer[name]);
    return read;
  }) };
}

// The output of every layer for one image, from the first to the last: the forward pass.
export function forward({ layers }, image) {
  const outputs = [];
  for (const layer of layers) {
    const inputs = layer.sources.length ? layer.sources.map(place => outputs[place]) : [image];
    outputs.push(KINDS[layer.kind].run(layer, inputs));
  }
  return outputs;
}

// The probability of each class. `end` says what the last layer gives: probabilities or scores.
export function probabilities({ end }, output) {
  const values = Float64Array.from(output.data);
  if (values.length > 1) return end === "scores" ? softmax(values) : values;
  const one = end === "scores" ? 1 / (1 + Math.exp(-values[0])) : values[0];
  return Float64Array.of(1 - one, one);
}

// How much one number of a layer (the score of a class) grows with each number of an earlier one:
// the chain rule, from the end to the front.
export function backward({ layers }, outputs, from, start, to) {
  const gradients = { [from]: start };
  for (let place = from; place > to; place--) {
    const layer = layers[place], gradient = gradients[place];
    if (!gradient || !leadsTo(layers, place, to)) continue;
    const { back } = KINDS[layer.kind];
    if (!back) throw new Error(`The page knows no gradient of the layer ${layer.title}.`);
    const inputs = layer.sources.map(source => outputs[source]);
    back(layer, gradient, inputs, outputs[place]).forEach((part, n) => {
      const source = layer.sources[n], before = gradients[source];
      gradients[source] = before
        ? tensor(part.shape, part.data.map((value, i) => value + before.data[i])) : part;
    });
  }
  return gradients[to];
}

function leadsTo(layers, place, to) {
  return place === to || place > to && layers[place].sources.some(s => leadsTo(layers, s, to));
}

// Grad-CAM: the maps, each weighted by how much the score of a class grows with it on average;
// what speaks against the class is cut off. As large as the image, 1 at its strongest place.
export function gradCam(network, outputs, classNumber) {
  const { maps: place, scores } = network, maps = outputs[place], output = outputs[scores];
  const start = tensor(output.shape);
  if (start.data.length === 1) start.data[0] = classNumber ? 1 : -1;
  else start.data[classNumber] = 1;
  const gradient = backward(network, outputs, scores, start, place);
  const [rows, columns, channels] = maps.shape, weights = new Float64Array(channels);
  gradient.data.forEach((value, i) => { weights[i % channels] += value / (rows * columns); });
  const heat = tensor([rows, columns, 1]);
  for (let i = 0; i < sizeOf([rows, columns]); i++) {
    for (let k = 0; k < channels; k++) heat.data[i] += weights[k] * maps.data[i * channels + k];
    heat.data[i] = Math.max(heat.data[i], 0);
  }
  const large = resize(heat, outputs[0].shape), most = largest(large.data) || 1;
  return tensor(large.shape, large.data.map(value => value / most));
}
