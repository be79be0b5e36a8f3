import { bars, element, panel, slider, stage } from "./page.js";
import { countAnswers, ratesOf, rocCurve } from "./rates.js";
import { unpack } from "./tensor.js";

const BINS = 25;

export function exploreThreshold(root, { labels: packed, probabilities: values, names }) {
  const labels = Array.from(unpack(packed).data, Boolean), probabilities = unpack(values).data;
  const [negative, positive] = names, curve = rocCurve(labels, probabilities);
  const all = labels.filter(Boolean).length;

  const draw = (controls, panels) => {
    const threshold = controls.threshold.value;
    const counts = countAnswers(labels, probabilities, threshold), rates = ratesOf(counts);
    panels.histogram.show({ title: `Probability: ${positive}`,
      content: [histogram(labels, probabilities, threshold, names)] });
    panels.curve.show({ title: "ROC curve", content: [drawCurve(curve, rates)] });
    panels.matrix.show({ title: "Confusion matrix", content: [matrix(counts, names)] });
    panels.rates.show({ title: "Rates",
      content: [bars(Object.values(rates), Object.keys(rates))] });
    const inPercent = rate => `${(100 * rate).toFixed(1)}%`;
    return `Sensitivity ${inPercent(rates.sensitivity)}: ${counts.truePositives} of ${all} `
      + `${positive} are found, ${counts.falseNegatives} are missed.\n`
      + `Specificity ${inPercent(rates.specificity)}: ${counts.trueNegatives} of `
      + `${labels.length - all} ${negative} are cleared, ${counts.falsePositives} are alarmed for `
      + `nothing.\nAccuracy ${inPercent(rates.accuracy)}.`;
  };
  stage(root, "threshold", {
    rows: [[slider("threshold", "Threshold", 0.5, 0, 1, 0.01, value => value.toFixed(2))]],
    panels: ["histogram", "curve", "matrix", "rates"].map(panel), draw,
  });
}

// ---- drawings

function svg(kind, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function drawing(width, height, alt, ...parts) {
  return svg("svg", { class: "explorer-drawing", viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": alt, style: `width:${width}px` }, ...parts);
}

const line = (x1, y1, x2, y2, more = {}) => svg("line", { x1, y1, x2, y2, class: "line", ...more });
const words = (x, y, text, anchor = "start") =>
  svg("text", { x, y, "text-anchor": anchor, class: "ink" }, text);

// Both classes' histograms, one up, one down, with the threshold.
function histogram(labels, probabilities, threshold, [negative, positive]) {
  const [width, half] = [400, 110], step = width / BINS;
  const counts = [new Array(BINS).fill(0), new Array(BINS).fill(0)];
  probabilities.forEach((value, i) => {
    counts[labels[i] ? 1 : 0][Math.min(Math.floor(value * BINS), BINS - 1)]++;
  });
  const unit = (half - 24) / Math.max(...counts.flat(), 1);
  const boxes = counts.flatMap((bins, up) => bins.map((count, place) => svg("rect", {
    x: place * step, width: step - 1, y: up ? half - unit * count : half, height: unit * count,
    class: up ? "positive" : "negative",
  })));
  const x = threshold * width;
  return drawing(width, 2 * half + 26,
    `Histograms of the probabilities of both classes; the threshold is ${threshold.toFixed(2)}.`,
    ...boxes, line(0, half, width, half),
    line(x, 0, x, 2 * half, { "stroke-width": 3, "stroke-dasharray": "7 4" }),
    words(4, 16, `${positive}, up`), words(4, 2 * half - 6, `${negative}, down`),
    words(0, 2 * half + 20, "0"), words(width / 2, 2 * half + 20, "0.5", "middle"),
    words(width, 2 * half + 20, "1", "end"));
}

// The ROC curve, with a dot at the present threshold.
function drawCurve(points, { sensitivity, specificity }) {
  const [side, margin] = [220, 30];
  const at = ([alarms, found]) => [margin + alarms * side, (1 - found) * side + 6];
  const [x, y] = at([1 - specificity, sensitivity]);
  const upwards = svg("g", { transform: `translate(18 ${side / 2 + 6}) rotate(-90)` },
    words(0, 0, "sensitivity", "middle"));
  return drawing(side + margin + 10, side + 40,
    `The ROC curve; the dot is at sensitivity ${sensitivity.toFixed(2)} and specificity `
    + `${specificity.toFixed(2)}.`,
    svg("rect", { x: margin, y: 6, width: side, height: side, class: "axes" }),
    line(...at([0, 0]), ...at([1, 1]), { "stroke-dasharray": "3 5" }),
    svg("polyline", { points: points.map(at).join(" "), class: "curve" }),
    svg("circle", { cx: x, cy: y, r: 8, class: "dot" }),
    words(margin + side / 2, side + 30, "1 \u2212 specificity", "middle"), upwards);
}

// The confusion matrix; right answers have another colour than wrong ones.
function matrix(counts, [negative, positive]) {
  const cell = (kind, text) => element("td", { class: kind },
    element("b", {}, counts[text].toLocaleString("en")), element("br"),
    text.replace(/[A-Z]/, letter => ` ${letter.toLowerCase()}`));
  const head = (scope, text) => element("th", { scope }, text);
  return element("table", { class: "explorer-table", "aria-label": "Confusion matrix" },
    element("tr", {}, element("td", { class: "corner" }), head("col", `says ${positive}`),
      head("col", `says ${negative}`)),
    element("tr", {}, head("row", `is ${positive}`), cell("right", "truePositives"),
      cell("wrong", "falseNegatives")),
    element("tr", {}, head("row", `is ${negative}`), cell("wrong", "falsePositives"),
      cell("right", "trueNegatives")));
}
