// Boxes and masks, as `course_utils.detection` has them. A box is [top, left, bottom, right]; bottom
// and right are the first row and column beyond it.

const areaOf = ([top, left, bottom, right]) => (bottom - top) * (right - left);

// Intersection over union; boxes without an area overlap nothing.
export function iou(one, other) {
  const rows = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const columns = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  const common = Math.max(rows, 0) * Math.max(columns, 0);
  const union = areaOf(one) - common + areaOf(other);
  return union > 0 ? common / union : 0;
}

// Places from the highest to the lowest score; of equal ones the earlier comes first.
export const byScore = scores =>
  Array.from(scores.keys()).sort((one, other) => scores[other] - scores[one]);

// Non-maximum suppression: `kept` are the places of the boxes that stay, best first; `by` says for
// each box which of them made it go, -1 where none did.
export function suppress(boxes, scores, threshold) {
  const kept = [], by = boxes.map(() => -1);
  for (const place of byScore(scores)) {
    const better = kept.find(other => iou(boxes[other], boxes[place]) > threshold);
    if (better === undefined) kept.push(place); else by[place] = better;
  }
  return { kept, by };
}

// For each box the true one that it hits, -1 where it hits none: the one that it overlaps most, if
// that is enough and no better box has hit it.
export function findHits(boxes, scores, truth, least) {
  const hits = boxes.map(() => -1);
  for (const place of truth.length ? byScore(scores) : []) {
    const shares = truth.map(box => iou(boxes[place], box));
    const target = shares.indexOf(Math.max(...shares));
    if (shares[target] >= least && !hits.includes(target)) hits[place] = target;
  }
  return hits;
}

// Mean over all objects of the best precision at or after the place where each is found.
export function averagePrecision(hits, scores, objects) {
  let found = 0;
  const ranked = byScore(scores).map((place, n) => {
    if (hits[place]) found++;
    return { hit: hits[place], precision: found / (n + 1) };
  });
  let [best, sum] = [0, 0];
  for (const { hit, precision } of ranked.reverse()) {
    best = Math.max(best, precision);
    if (hit) sum += best;
  }
  return sum / objects;
}

// How far two masks agree: twice what they share, by both areas together.
export function dice(mask, truth) {
  let [shared, both] = [0, 0];
  for (let i = 0; i < mask.length; i++) {
    shared += mask[i] && truth[i] ? 1 : 0;
    both += (mask[i] ? 1 : 0) + (truth[i] ? 1 : 0);
  }
  return both ? 2 * shared / both : 1;
}

// The pixels of a mask (rows, columns) that have a neighbour outside of it, or the picture's end.
export function outline(mask, [rows, columns]) {
  const at = (row, column) => row >= 0 && row < rows && column >= 0 && column < columns
    && mask[row * columns + column];
  return mask.map((inside, i) => {
    const row = Math.floor(i / columns), column = i % columns;
    return inside && !(at(row - 1, column) && at(row + 1, column) && at(row, column - 1)
      && at(row, column + 1)) ? 1 : 0;
  });
}

// The smallest box around each object of a map that numbers them from 1.
export function boxesOf(objects, columns) {
  const boxes = [];
  objects.forEach((number, i) => {
    if (!number) return;
    const row = Math.floor(i / columns), column = i % columns;
    const box = boxes[number - 1] ??= [row, column, row + 1, column + 1];
    box[0] = Math.min(box[0], row);
    box[1] = Math.min(box[1], column);
    box[2] = Math.max(box[2], row + 1);
    box[3] = Math.max(box[3], column + 1);
  });
  return boxes;
}
