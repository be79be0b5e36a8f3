import { by, choice, frame, number, panel, percent, scaleOf, slider, stage } from "./page.js";
import { channelOf, paint, paintMaps, tilePlace, usualLimits } from "./colours.js";
import { forward, readNetwork } from "./network.js";
import { largest, smallest, tensor, unpack } from "./tensor.js";

const MOST_MAPS = 128;  // on the page of all maps of a layer
const MAP_SIDE = 196, PAGE_SIDE = 352;  // pixels of the screen

export function exploreMaps(root, { network: packed, layers, images, limits: [from, to] }) {
  const network = readNetwork(packed), levels = unpack(images);
  const [count, ...shape] = levels.shape, size = levels.data.length / count;
  const pictures = Array.from({ length: count }, (_, n) => tensor(shape,
    levels.data.slice(n * size, (n + 1) * size).map(level => from + level * (to - from) / 255)));
  let known = -1, outputs = [];  // the network runs once for a picture

  const draw = (controls, panels) => {
    const place = controls.picture.value, layer = controls.layer.value;
    if (place !== known) [known, outputs] = [place, forward(network, pictures[place])];
    const maps = outputs[network.places[layer]], [rows, columns, filters] = maps.shape;
    controls.filter.limit(filters - 1);
    const chosen = controls.filter.value, one = channelOf(maps, chosen);
    const high = largest(maps.data) || 1, low = Math.min(smallest(maps.data), 0);
    const [least, most] = [number(smallest(one.data)), number(largest(one.data))];
    showInput(panels.input, pictures[place], place);
    panels.map.show({
      title: `Filter ${chosen} of ${layer}: ${by([rows, columns])}`,
      picture: paint(one, low, high, "cividis"), scale: scaleOf([[rows, columns]], MAP_SIDE),
      alt: `Feature map ${chosen} of ${layer}, from ${least} to ${most}.`,
    });
    showAll(panels.maps, maps, chosen, low, high);
    const zero = one.data.filter(value => value <= 0).length / one.data.length;
    return `This map goes from ${least} to ${most}; ${percent(zero)} of its values are 0 or less.\n`
      + `Yellow is ${number(high)}, the strongest answer of the ${filters} filters of this layer.`;
  };
  const explorer = stage(root, "feature-maps", {
    rows: [[slider("picture", "Picture", 0, 0, count - 1),
      choice("layer", "Layer", layers.map(name => [name, name])), slider("filter", "Filter", 0, 0, 1)]],
    panels: ["input", "map", "maps"].map(panel), draw,
  });
  // A map is chosen where it is pressed, too.
  explorer.panels.maps.onPress((row, column) => {
    const { layer, filter } = explorer.controls;
    const [rows, columns, filters] = outputs[network.places[layer.value]].shape;
    const place = Math.floor(row / (rows + 1)) * columnsOf(Math.min(filters, MOST_MAPS))
      + Math.floor(column / (columns + 1));
    if (place < filters) filter.value = place;
    explorer.update();
  });
}

const columnsOf = count => count <= 64 ? 8 : 16;

function showInput(panel, image, place) {
  const [rows, columns, channels] = image.shape;
  const shown = channels === 3 ? image : channelOf(image, 0);
  panel.show({
    title: `Picture ${place}`, picture: paint(shown, ...usualLimits(shown.data)),
    alt: `The picture that the network sees, ${by([rows, columns])} pixels.`,
    scale: scaleOf([[rows, columns]], MAP_SIDE),
  });
}

function showAll(panel, maps, chosen, low, high) {
  const [rows, columns, all] = maps.shape, count = Math.min(all, MOST_MAPS);
  const across = columnsOf(count), page = paintMaps(maps, count, across, low, high);
  const [top, left] = tilePlace(chosen, across, [rows, columns], 1), isThere = chosen < count;
  panel.show({
    title: isThere ? "All its maps" : `Its first ${count} maps`, picture: page,
    alt: `${count} feature maps of the layer on one scale.`,
    scale: PAGE_SIDE / Math.max(page.width, page.height),
    marks: isThere ? [frame([top, left, rows, columns], [page.height, page.width])] : [],
  });
}
