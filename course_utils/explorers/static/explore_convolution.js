import { by, choice, listRows, number, panel, scaleOf, slider, stage, table, textArea } from "./page.js";
import { paint, signedFill, usualLimits } from "./colours.js";
import { convolve } from "./convolution.js";
import { readKernel, writeKernel } from "./kernel_text.js";
import { largest, smallest, tensor, unpack } from "./tensor.js";
import { cellsAt, slide } from "./windows.js";
import {
  describeSizes, pageOf, placeOf, player, showInput, showOutput, windowControls,
} from "./window_view.js";

const OWN = "your own numbers";
const LARGEST_TABLE = 5;  // larger kernels are drawn, not written
const PADDINGS = ["valid", "same", "1", "2", "3"].map(name => [name, name]);

export function exploreConvolution(root, { pictures, kernels }) {
  const { chosen, steps, image } = windowControls(pictures);
  const texts = Object.fromEntries(
    Object.entries(kernels).map(([name, packed]) => [name, writeKernel(unpack(packed))]));
  const names = [...Object.keys(texts), OWN].map(name => [name, name]);

  const react = (controls, changed) => {
    const { kernel, numbers } = controls;
    if (changed === "kernel" && kernel.value !== OWN) numbers.value = texts[kernel.value];
    if (changed === "numbers")
      kernel.value = Object.keys(texts).find(name => texts[name] === numbers.value) ?? OWN;
  };
  const draw = (controls, panels) => {
    const kernel = readKernel(controls.numbers.value), pixels = image();
    const pair = name => [controls[name].value, controls[name].value];
    const padding = Number(controls.padding.value) || controls.padding.value;
    const options = { stride: pair("stride"), dilation: pair("dilation"), padding };
    if (options.stride[0] > 1 && options.dilation[0] > 1)
      throw new RangeError(`The stride is ${options.stride[0]} and the dilation `
        + `${options.dilation[0]}: as Keras forbids both above 1, set one of them to 1.`);
    const windows = slide(pixels.shape, kernel.shape, options);
    const output = convolve(pixels, tensor([...kernel.shape, 1, 1], kernel.data), options);
    const scale = scaleOf([pageOf(pixels.shape, windows), output.shape]);
    const look = lookOf(pixels, kernel, output), place = placeOf(controls, windows.output);
    showInput(panels.input, pixels, windows, place, scale);
    showOutput(panels.output, output, place, scale, look, {
      title: `Output: ${by(output.shape)}`,
      alt: `The output, ${by(output.shape)} values${listRows(output)}. ${look.legend}`,
    });
    showKernel(panels.kernel, kernel);
    showProducts(panels.products, pixels, kernel, windows, place);
    return [...(place ? [`Row ${place[0]}, column ${place[1]} of the output.`] : []),
      ...describeSizes(pixels.shape, windows, padding), look.legend].join("\n");
  };
  const explorer = stage(root, "convolution", {
    rows: [
      [...chosen, choice("kernel", "Kernel", names, "sobel_x"),
        textArea("numbers", "Numbers", texts.sobel_x)],
      [slider("stride", "Stride", 1, 1, 5), choice("padding", "Padding", PADDINGS),
        slider("dilation", "Dilation", 1, 1, 4)],
      steps,
    ],
    panels: ["input", "output", "kernel", "products"].map(panel), react, draw,
  });
  player(root, explorer);
}

// How an output is shown, and what that means.
function lookOf(image, kernel, output) {
  const total = kernel.data.reduce((a, b) => a + b, 0);
  const keepsBrightness = Math.abs(total - 1) < 1e-6 || smallest(kernel.data) >= 0 && total > 0;
  if (keepsBrightness && smallest(image.data) >= 0) {
    const high = usualLimits(image.data)[1] * total || 1;
    return { limits: [0, high],
      legend: `Black is 0 or less, white is ${number(high)} or more.` };
  }
  // The strongest hundredth would leave all others pale; of many values a part tells enough.
  const every = Math.ceil(output.data.length / 5000);
  const sizes = output.data.filter((_, i) => i % every === 0).map(Math.abs).sort();
  const most = sizes[Math.floor((sizes.length - 1) * (sizes.length > 1000 ? 0.99 : 1))] || 1;
  return { limits: [-most, most], map: "diverging",
    legend: `Blue is negative, white is 0, red is positive; full colour is ${number(most)} or more.` };
}

function showKernel(panel, kernel) {
  const title = `Kernel: ${by(kernel.shape)}`, most = largest(kernel.data.map(Math.abs));
  if (Math.max(...kernel.shape) <= LARGEST_TABLE) {
    const cells = rowsOf(kernel.shape, kernel.data);
    const fills = cells.map(line => line.map(weight => signedFill(weight, most)));
    panel.show({ title, content: [table(cells.map(line => line.map(number)), fills, title)] });
  } else panel.show({
    title, picture: paint(kernel, -most, most, "diverging"), scale: scaleOf([kernel.shape], 160),
    alt: `The kernel, ${by(kernel.shape)} numbers up to ${number(most)}.`,
  });
}

// Pixel times weight for each pixel of the window, and their sum.
function showProducts(panel, image, kernel, windows, place) {
  if (!place) return panel.show({});
  const [rows, columns] = cellsAt(windows, place), [high, wide] = image.shape;
  const pixels = rows.flatMap(y => columns.map(x =>
    y >= 0 && y < high && x >= 0 && x < wide ? image.data[y * wide + x] : 0));
  const products = pixels.map((pixel, n) => pixel * kernel.data[n]);
  const title = `Sum of ${products.length} products: ${number(products.reduce((a, b) => a + b, 0))}`;
  if (Math.max(...kernel.shape) > LARGEST_TABLE) return panel.show({ title });
  const most = largest(products.map(Math.abs));
  const texts = pixels.map((pixel, n) => `${number(pixel)} \u00d7 ${number(kernel.data[n])}`);
  const fills = products.map(product => signedFill(product, most));
  panel.show({ title,
    content: [table(rowsOf(kernel.shape, texts), rowsOf(kernel.shape, fills), title)] });
}

function rowsOf([rows, columns], values) {
  return Array.from({ length: rows }, (_, n) =>
    Array.from(values.slice(n * columns, (n + 1) * columns)));
}
