import { exploreAugmentation } from "./explore_augmentation.js";
import { exploreBoxes } from "./explore_boxes.js";
import { exploreConvolution } from "./explore_convolution.js";
import { exploreCube } from "./explore_cube.js";
import { exploreDigit } from "./explore_digit.js";
import { exploreField } from "./explore_field.js";
import { exploreMaps } from "./explore_maps.js";
import { explorePhoto } from "./explore_photo.js";
import { explorePooling } from "./explore_pooling.js";
import { exploreThreshold } from "./explore_threshold.js";

const EXPLORERS = {
  augmentation: exploreAugmentation,
  boxes: exploreBoxes,
  "classify-photo": explorePhoto,
  convolution: exploreConvolution,
  cube: exploreCube,
  "draw-digit": exploreDigit,
  "feature-maps": exploreMaps,
  pooling: explorePooling,
  "receptive-field": exploreField,
  threshold: exploreThreshold,
};

// In Jupyter: anywidget calls this with what Python handed over.
export function render({ model, el }) {
  const root = document.createElement("div");
  el.append(root);
  EXPLORERS[model.get("name")](root, model.get("data"));
}

// In a page: each place with the class `explorer-here` has its data beside it, as JSON.
export function showAll() {
  for (const place of document.querySelectorAll(".explorer-here")) {
    const { name, data } = JSON.parse(place.querySelector("script").textContent);
    const root = document.createElement("div");
    place.replaceChildren(root);
    EXPLORERS[name](root, data);
  }
}
