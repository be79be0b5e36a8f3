// Fits the slides, then starts reveal.js. A slide holds as many blocks as it has room for, made
// smaller down to COMFORTABLE; the rest goes on on a new slide. A block that is too tall for a
// slide by itself is made as small as it must be. Loaded after the pictures, so sizes are known.
const WIDTH = 1280, HEIGHT = 720, ROOM = 650, COMFORTABLE = 0.75, SMALLEST = 0.3;

function heightOf(blocks) {
  return blocks.reduce((sum, block) => sum + block.getBoundingClientRect().height, 0);
}

// Moves blocks from the end of `from` into a new slide after it, with the speaker's notes.
function goOn(from, blocks) {
  const next = from.cloneNode(false);
  from.after(next);
  next.append(...blocks);
  from.querySelectorAll(":scope > aside.notes").forEach(note => next.append(note.cloneNode(true)));
  return next;
}

// Parts a code cell that is too tall into a block of code and a block of output.
function part(block) {
  const output = block.querySelector(":scope > .output");
  if (!output || heightOf([block]) <= ROOM / COMFORTABLE) return [block];
  const second = block.cloneNode(false);
  second.append(output);
  block.after(second);
  return [block, second];
}

function distribute(slide) {
  let blocks = [...slide.querySelectorAll(":scope > .block")].flatMap(part);
  while (blocks.length) {
    let count = 1;
    while (count < blocks.length && heightOf(blocks.slice(0, count + 1)) <= ROOM / COMFORTABLE) count++;
    const rest = blocks.slice(count);
    shrink(slide, blocks.slice(0, count));
    if (rest.length) slide = goOn(slide, rest);
    blocks = rest;
  }
}

// Makes blocks smaller together; text takes new lines at each size, so sizes are tried.
function shrink(slide, blocks) {
  const box = document.createElement("div");
  box.className = "fitted";
  blocks[0].before(box);
  box.append(...blocks);
  fit(box, 1);
}

// scale: how much larger than it is written the slide is shown.
function fit(box, scale) {
  for (let zoom = 1; zoom >= SMALLEST; zoom -= 0.05) {
    box.style.zoom = zoom;
    const height = box.getBoundingClientRect().height / scale;
    if (height <= ROOM && box.scrollWidth <= box.clientWidth) return;
  }
}

// An explorer that has more to show, as a photo's heat map, is fitted anew.
function refit(box) {
  const observer = new ResizeObserver(() => requestAnimationFrame(() => {
    if (box.offsetParent) fit(box, Reveal.getScale());
  }));
  box.querySelectorAll(".explorer").forEach(explorer => observer.observe(explorer));
}

window.addEventListener("load", () => {
  document.querySelectorAll(".slides > section > section").forEach(distribute);
  document.body.classList.remove("fitting");
  if (location.search.includes("print-pdf")) {
    // One page for each slide, all at once. The first class keeps reveal's own rules away.
    document.documentElement.classList.add("print-pdf");
    document.body.classList.add("printing");
    return;
  }
  Reveal.initialize({
    width: WIDTH, height: HEIGHT, margin: 0, center: false, hash: true, transition: "none",
    slideNumber: "c/t", controlsLayout: "edges", plugins: [RevealNotes],
  }).then(() => document.querySelectorAll(".fitted").forEach(refit));
});
