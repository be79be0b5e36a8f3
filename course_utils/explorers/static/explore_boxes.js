import { averagePrecision, boxesOf, dice, findHits, iou, outline, suppress } from "./boxes.js";
import { bars, choice, element, frame, panel, percent, slider, stage } from "./page.js";
import { paint } from "./colours.js";
import { unpack } from "./tensor.js";

const SIDE = 340;  // pixels of the screen: two pictures fit side by side on a page
const ENOUGH = 0.5;  // of an object, for a box that hits it
const share = value => value.toFixed(2);

// Boxes that a detector proposes, and the map of probabilities that they come from: what two
// thresholds leave of the boxes and a third of the map, beside the true objects.
export function exploreBoxes(root, { pictures }) {
  const scenes = pictures.map(readScene), most = Math.max(...scenes.map(({ truth }) => truth.length));
  const sceneOf = controls => scenes[Number(controls.picture.value)];

  const draw = (controls, panels) => {
    const scene = sceneOf(controls), [confidence, overlap, level] =
      ["confidence", "overlap", "mask"].map(name => controls[name].value);
    controls.object.limit(scene.truth.length);
    const chosen = controls.object.value - 1;
    const judged = judge(scene, confidence, overlap), { kept, hits, by, found } = judged;
    const mask = scene.map.data.map(value => value / 255 >= level ? 1 : 0);
    const agree = dice(mask, scene.objects);
    panels.picture.show({
      title: `${count(kept.length, "box", "boxes")} for ${count(scene.truth.length, "object")}`,
      picture: paint(scene.image, 0, 255), scale: SIDE / Math.max(...scene.size),
      alt: `The picture with ${kept.length} boxes, of which ${found} hit an object.`,
      marks: drawBoxes(scene, judged, chosen), content: [legend()],
    });
    panels.mask.show({
      title: `Mask above ${share(level)}: Dice ${share(agree)}`,
      picture: withOutline(scene, mask), scale: SIDE / Math.max(...scene.size),
      alt: `Probability of each pixel, blue low, yellow high; where it is ${share(level)} or more `
        + "is outlined.",
    });
    const scores = kept.map(place => scene.scores[place]), isHit = hits.map(target => target >= 0);
    const rates = { precision: kept.length ? found / kept.length : 0,
      recall: found / scene.truth.length,
      "average precision": averagePrecision(isHit, scores, scene.truth.length) };
    panels.rates.show({ title: "How good?",
      content: [bars(Object.values(rates), Object.keys(rates))] });
    const gone = by.filter(place => place >= 0).length;
    return `${count(kept.length, "box", "boxes")} for ${count(scene.truth.length, "object")}: `
      + `${found} hit, ${kept.length - found} false, ${scene.truth.length - found} missed; `
      + `${gone} suppressed, ${judged.below} below the confidence.\n`
      + `Precision ${percent(rates.precision, 1)}, recall ${percent(rates.recall, 1)}, average `
      + `precision ${percent(rates["average precision"], 1)}.\n` + aboutObject(scene, judged, chosen);
  };
  const explorer = stage(root, "boxes", {
    rows: [[choice("picture", "Picture", pictures.map((_, n) => [`picture ${n + 1}`, n])),
      slider("object", "Object", 1, 1, most)],
    [slider("confidence", "Confidence", 0.5, 0, 1, 0.01, share),
      slider("overlap", "Overlap", 0.3, 0, 1, 0.01, share),
      slider("mask", "Mask", 0.5, 0, 1, 0.01, share)]],
    panels: ["picture", "mask", "rates"].map(panel), draw,
  });
  for (const name of ["picture", "mask"]) explorer.panels[name].onPress((row, column) => {
    const { controls } = explorer;
    controls.object.value = nearest(sceneOf(controls), row, column) + 1;
    explorer.update();
  });
}

function readScene(packed) {
  const { image, map, objects, boxes, scores } =
    Object.fromEntries(Object.entries(packed).map(([name, numbers]) => [name, unpack(numbers)]));
  const size = image.shape.slice(0, 2), rows = Array.from({ length: boxes.shape[0] },
    (_, n) => Array.from(boxes.data.subarray(4 * n, 4 * n + 4)));
  return { image, map, size, boxes: rows, objects: objects.data, scores: Array.from(scores.data),
    truth: boxesOf(objects.data, size[1]) };
}

// What is left of the boxes: places in the scene's list, best first, and what each of them hits.
function judge({ boxes, scores, truth }, confidence, overlap) {
  const above = Array.from(scores.keys()).filter(place => scores[place] >= confidence);
  const pick = (list, places) => places.map(place => list[place]);
  const { kept: places, by: better } =
    suppress(pick(boxes, above), pick(scores, above), overlap);
  const kept = pick(above, places), by = boxes.map(() => -1);
  better.forEach((place, n) => { if (place >= 0) by[above[n]] = above[place]; });
  const hits = findHits(pick(boxes, kept), pick(scores, kept), truth, ENOUGH);
  return { kept, by, hits, found: hits.filter(target => target >= 0).length,
    below: boxes.length - above.length };
}

// The object of a pixel, else the one whose box has its middle nearest.
function nearest({ objects, size, truth }, row, column) {
  const number = objects[row * size[1] + column];
  if (number) return number - 1;
  const away = truth.map(([top, left, bottom, right]) =>
    Math.hypot((top + bottom - 1) / 2 - row, (left + right - 1) / 2 - column));
  return away.indexOf(Math.min(...away));
}

// ---- words and drawings

const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

function aboutObject({ boxes, scores, truth }, { kept, by, hits }, chosen) {
  const place = kept[hits.indexOf(chosen)], name = `Object ${chosen + 1}`;
  if (place === undefined) {
    const best = Math.max(0, ...kept.map(other => iou(boxes[other], truth[chosen])));
    if (!best) return `${name} is missed: no box that is left touches it.`;
    return `${name} is missed: of the boxes left, the nearest has an IoU of ${share(best)} with it`
      + `${best < ENOUGH ? "" : ", and overlaps another object no less"}.`;
  }
  const gone = boxes.filter((_, other) => by[other] === place).map(box => iou(boxes[place], box));
  const listed = gone.length ? `${count(gone.length, "box", "boxes")}, with an IoU of `
    + `${gone.map(share).join(", ")}` : "no box";
  return `${name}: a box with confidence ${share(scores[place])}, IoU ${share(iou(boxes[place],
    truth[chosen]))} with the true one; it suppressed ${listed}.`;
}

function drawBoxes({ boxes, truth, size }, { kept, by, hits }, chosen) {
  const mark = (box, kind) =>
    frame([box[0], box[1], box[2] - box[0], box[3] - box[1]], size, `shape ${kind}`);
  const best = kept[hits.indexOf(chosen)];
  const marks = boxes.flatMap((box, place) =>
    by[place] < 0 ? [] : [mark(box, by[place] === best ? "gone mine" : "gone")]);
  truth.forEach((box, n) => { if (!hits.includes(n)) marks.push(mark(box, "missed")); });
  kept.forEach((place, n) => marks.push(mark(boxes[place], hits[n] < 0 ? "false" : "hit")));
  return [...marks, mark(truth[chosen], "chosen")];
}

function legend() {
  const kinds = { hit: "hits an object", false: "hits none", missed: "object missed",
    gone: "suppressed", chosen: "the object chosen" };
  return element("div", { class: "explorer-legend" }, ...Object.entries(kinds).map(([kind, text]) =>
    element("span", {}, element("i", { class: `shape ${kind}` }), text)));
}

function withOutline({ map, size }, mask) {
  const picture = paint(map, 0, 255, "cividis"), edge = outline(mask, size);
  edge.forEach((isEdge, i) => { if (isEdge) picture.data.set([213, 94, 0], 4 * i); });
  return picture;
}
