import { element } from "./page.js";

const SIDE = 28;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// An area of 28 x 28 pixels to draw on, white on black, with mouse, finger, pen or keyboard;
// `changed` is called after each stroke. Its ink is 784 numbers from 0 to 255.
export function drawingArea(changed) {
  const canvas = element("canvas", { class: "explorer-canvas", width: SIDE, height: SIDE,
    tabindex: 0, role: "application", "aria-label": "Drawing area of 28 by 28 pixels. Arrow keys "
      + "move the pen, the space bar puts it down and lifts it." });
  const mark = element("div", { class: "explorer-pen" });
  const context = canvas.getContext("2d"), image = context.createImageData(SIDE, SIDE);
  const ink = new Uint8ClampedArray(SIDE * SIDE), pen = { x: 13, y: 8, down: false };
  let last = null;

  const set = numbers => {
    ink.set(numbers);
    ink.forEach((value, place) => image.data.set([value, value, value, 255], 4 * place));
    context.putImageData(image, 0, 0);
  };
  // A stroke some two pixels wide with a soft edge, as the pens of the data set draw.
  const stroke = (from, to) => {
    const dx = to.x - from.x, dy = to.y - from.y, length = dx * dx + dy * dy;
    for (let y = 0; y < SIDE; y++) for (let x = 0; x < SIDE; x++) {
      let share = length ? ((x - from.x) * dx + (y - from.y) * dy) / length : 0;
      share = Math.min(1, Math.max(0, share));
      const away = Math.hypot(x - from.x - share * dx, y - from.y - share * dy);
      const value = 255 * Math.min(1, Math.max(0, 1.75 - away));
      ink[y * SIDE + x] = Math.max(ink[y * SIDE + x], value);
    }
    set(ink);
  };
  const placeOf = event => {
    const box = canvas.getBoundingClientRect();
    return { x: SIDE * (event.clientX - box.left) / box.width - 0.5,
      y: SIDE * (event.clientY - box.top) / box.height - 0.5 };
  };
  canvas.onpointerdown = event => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    last = placeOf(event);
    stroke(last, last);
    changed();
  };
  canvas.onpointermove = event => {
    if (!last) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) {
      const now = placeOf(move);
      stroke(last, now);
      last = now;
    }
    changed();
  };
  canvas.onpointerup = canvas.onpointercancel = () => { last = null; };

  const showPen = () => {
    Object.assign(mark.style, { left: `${100 * pen.x / SIDE}%`, top: `${100 * pen.y / SIDE}%` });
    mark.classList.toggle("down", pen.down);
  };
  canvas.onkeydown = event => {
    const from = { ...pen }, step = STEPS[event.key];
    if (event.key === " ") pen.down = !pen.down;
    else if (step) {
      pen.x = Math.min(SIDE - 1, Math.max(0, pen.x + step[0]));
      pen.y = Math.min(SIDE - 1, Math.max(0, pen.y + step[1]));
    } else return;
    event.preventDefault();
    showPen();
    if (!pen.down) return;
    stroke(from, pen);
    changed();
  };
  canvas.onblur = () => { pen.down = false; showPen(); };
  set(ink);
  showPen();
  return { element: element("div", { class: "explorer-drawing-area" }, canvas, mark), ink, set };
}
