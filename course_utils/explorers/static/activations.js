// What a layer does to each number by itself; softmax takes all of a row together.
const sigmoid = x => 1 / (1 + Math.exp(-x));
const clip = (x, low, high) => Math.min(Math.max(x, low), high);
const hardSigmoid = x => clip(x / 6 + 0.5, 0, 1);

export const ACTIVATIONS = {
  linear: x => x,
  relu: x => Math.max(x, 0),
  relu6: x => clip(x, 0, 6),
  leaky_relu: x => x < 0 ? 0.2 * x : x,
  elu: x => x < 0 ? Math.expm1(x) : x,
  selu: x => 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * Math.expm1(x) : x),
  silu: x => x * sigmoid(x),
  gelu: x => x / 2 * (1 + erf(x / Math.SQRT2)),
  sigmoid,
  hard_sigmoid: hardSigmoid,
  hard_silu: x => x * hardSigmoid(x),
  tanh: Math.tanh,
  softplus: x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  softsign: x => x / (1 + Math.abs(x)),
  exponential: Math.exp,
};

// The error function, to seven digits (Abramowitz and Stegun, 7.1.26).
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const sum = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t
    + 0.254829592) * t;
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

// Scores become probabilities; the largest is taken away first, so that no power is too large.
export function softmax(scores) {
  const most = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = scores.map(score => Math.exp(score - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map(power => power / total);
}
