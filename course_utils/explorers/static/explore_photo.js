import { bars, choice, element, panel, percent, stage } from "./page.js";
import { PALETTES, levels, paint } from "./colours.js";
import { forward, gradCam, probabilities, readNetwork } from "./network.js";
import { largest, smallest, tensor } from "./tensor.js";

const TOP = 5, PICTURE_SIDE = 250;

export function explorePhoto(root, { network: packed, size, labels, prepare: [offset, matrix] }) {
  const network = readNetwork(packed);
  let photo = null, outputs = [], likeliest = [];

  // Brings the colours to where the network wants them: a new mix of red, green and blue.
  const prepared = pixels => tensor(pixels.shape, pixels.data.map((_, i) => {
    const [k, first] = [i % 3, i - i % 3];
    return offset[k] + [0, 1, 2].reduce((sum, c) => sum + matrix[c][k] * pixels.data[first + c], 0);
  }));
  const load = async file => {
    const pixels = await readPhoto(file, size);
    const answers = forward(network, prepared(pixels));
    const shares = probabilities(network, answers.at(-1));
    [photo, outputs] = [pixels, answers];
    likeliest = Array.from(shares.keys()).sort((a, b) => shares[b] - shares[a]).slice(0, TOP)
      .map(place => ({ place, name: labels[place], share: shares[place] }));
    explorer.controls.label.offer(likeliest.map(({ name, place }) => [name, place]));
  };
  const draw = (controls, panels) => {
    if (!photo) return "Choose a photograph, or take one with the camera.";
    const chosen = Number(controls.label.value), name = labels[chosen];
    const heat = gradCam(network, outputs, chosen), scale = PICTURE_SIDE / Math.max(...size);
    panels.photo.show({ title: "What the network sees", picture: paint(photo, 0, 255), scale,
      alt: "The photo, cut to the shape that the network takes." });
    panels.heat.show({ title: `Where it sees: ${name}`, picture: overlay(photo, heat), scale,
      alt: `Bright where ${name} is seen.` });
    const [names, shares] = [likeliest.map(one => one.name), likeliest.map(one => one.share)];
    panels.labels.show({ title: "Likeliest", content: [bars(shares, names, 0)] });
    const listed = likeliest.map(one => `${one.name} ${percent(one.share)}`).join(", ");
    return `${network.name} says: ${listed}.\nThe heat map (Grad-CAM) is for ${name}.`;
  };
  const picker = filePicker(async file => {
    try {
      await load(file);
      explorer.update();
    } catch (problem) {
      if (!(problem instanceof RangeError)) throw problem;
      explorer.say(problem.message, true);
    }
  });
  const explorer = stage(root, "classify-photo", {
    rows: [[picker, choice("label", "Heat map", [["no photo yet", ""]])]],
    panels: ["photo", "heat", "labels"].map(panel), draw,
  });
}

// A button that brings a photo from the reader's disk or camera.
function filePicker(onFile) {
  const input = element("input", { type: "file", accept: "image/*" });
  const shown = element("label", { class: "explorer-control control-upload" },
    element("span", {}, "Photo"), input);
  input.addEventListener("change", () => {
    const [file] = input.files;
    if (file) onFile(file).finally(() => { input.value = ""; });  // the same may be chosen again
  });
  return { name: "upload", element: shown, input, on: "none" };
}

// The middle of a photo in the size that the network takes, red, green and blue from 0 to 255.
async function readPhoto(file, [rows, columns]) {
  const image = await createImageBitmap(file).catch(() => {
    throw new RangeError(`${file.name} is not a picture that this browser can show: give a JPEG or `
      + "PNG of up to 100 megapixels.");
  });
  const scale = Math.min(image.height / rows, image.width / columns);
  const [tall, wide] = [rows * scale, columns * scale];
  const canvas = element("canvas", { width: columns, height: rows });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#fff";  // transparent parts become white
  context.fillRect(0, 0, columns, rows);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, (image.width - wide) / 2, (image.height - tall) / 2, wide, tall,
    0, 0, columns, rows);
  const { data } = context.getImageData(0, 0, columns, rows);
  return tensor([rows, columns, 3], Float32Array.from({ length: rows * columns * 3 },
    (_, i) => data[Math.floor(i / 3) * 4 + i % 3]));
}

// A heat map painted over a photo, which stays grey where the map is cold.
function overlay({ shape: [rows, columns], data }, heat) {
  const image = new ImageData(columns, rows), shown = levels(heat.data, 0, largest(heat.data) || 1);
  const low = smallest(data), high = largest(data) > low ? largest(data) : low + 1;
  for (let i = 0; i < rows * columns; i++) {
    const mean = (data[3 * i] + data[3 * i + 1] + data[3 * i + 2]) / 3;
    const grey = 255 * (mean - low) / (high - low), share = 0.7 * shown[i] / 255;
    for (let k = 0; k < 3; k++)
      image.data[4 * i + k] = (1 - share) * grey + share * PALETTES.inferno[3 * shown[i] + k];
    image.data[4 * i + 3] = 255;
  }
  return image;
}
