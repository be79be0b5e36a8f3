const side = 28;

function render({ model, el }) {
  const page = document.createElement("div");
  page.style.position = "relative";
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: side, height: side, tabIndex: 0 });
  canvas.className = "explorer-canvas";
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "Drawing area of 28 by 28 pixels. Arrow keys move the pen, "
    + "the space bar puts it down and lifts it.");
  const mark = document.createElement("div");
  mark.className = "explorer-pen";
  page.append(canvas, mark);
  el.append(page);
  const context = canvas.getContext("2d"), image = context.createImageData(side, side);
  let ink = new Uint8Array(side * side), last = null, waiting = false;
  const pen = { x: 13, y: 8, down: false };

  const paint = () => {
    ink.forEach((value, place) => {
      image.data.set([value, value, value, 255], 4 * place);
    });
    context.putImageData(image, 0, 0);
  };
  const load = () => {
    const bytes = model.get("value");
    ink = new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, side * side).slice();
    paint();
  };
  // One message a frame of the screen is as much as an eye can see.
  const send = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      model.set("value", new DataView(ink.slice().buffer));
      model.save_changes();
    });
  };
  // A stroke some two pixels wide with a soft edge, as the pens of the data set draw.
  const stroke = (from, to) => {
    const dx = to.x - from.x, dy = to.y - from.y, length = dx * dx + dy * dy;
    for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) {
      let share = length ? ((x - from.x) * dx + (y - from.y) * dy) / length : 0;
      share = Math.min(1, Math.max(0, share));
      const away = Math.hypot(x - from.x - share * dx, y - from.y - share * dy);
      const value = 255 * Math.min(1, Math.max(0, 1.75 - away));
      ink[y * side + x] = Math.max(ink[y * side + x], value);
    }
    paint();
    send();
  };
  const place = event => {
    const box = canvas.getBoundingClientRect();
    return {
      x: side * (event.clientX - box.left) / box.width - 0.5,
      y: side * (event.clientY - box.top) / box.height - 0.5,
    };
  };
  canvas.onpointerdown = event => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    stroke(last, last);
  };
  canvas.onpointermove = event => {
    if (!last) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) {
      const now = place(move);
      stroke(last, now);
      last = now;
    }
  };
  canvas.onpointerup = canvas.onpointercancel = () => { last = null; };

  const steps = {
    ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  };
  const show = () => {
    mark.style.left = `${100 * pen.x / side}%`;
    mark.style.top = `${100 * pen.y / side}%`;
    mark.classList.toggle("down", pen.down);
  };
  canvas.onkeydown = event => {
    const from = { ...pen };
    if (event.key === " ") pen.down = !pen.down;
    else if (steps[event.key]) {
      const [dx, dy] = steps[event.key];
      pen.x = Math.min(side - 1, Math.max(0, pen.x + dx));
      pen.y = Math.min(side - 1, Math.max(0, pen.y + dy));
    } else return;
    event.preventDefault();
    event.stopPropagation();
    if (pen.down) stroke(from, pen);
    show();
  };
  canvas.onblur = () => { pen.down = false; show(); };
  model.on("change:redrawn", load);
  load();
  show();
}
export default { render };
