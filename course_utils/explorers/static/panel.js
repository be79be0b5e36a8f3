// The page decodes a data address itself; a blob's makes a detour of 10 ms through the browser.
function toBase64(view) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  let text = "";
  for (let start = 0; start < bytes.length; start += 32768)
    text += String.fromCharCode(...bytes.subarray(start, start + 32768));
  return btoa(text);
}
function render({ model, el }) {
  const make = (kind, name, parent) => {
    const element = document.createElement(kind);
    element.className = name;
    parent.append(element);
    return element;
  };
  const figure = make("figure", "", el);
  const title = make("figcaption", "", figure);
  const screen = make("div", "explorer-screen", figure);
  const picture = make("img", "explorer-picture", screen);
  const overlay = make("div", "explorer-overlay", screen);
  const below = make("div", "explorer-below", figure);
  overlay.setAttribute("aria-hidden", "true");
  let version = 0;

  const arrange = () => {
    const [rows, columns] = model.get("size"), scale = model.get("scale");
    const [top, bottom, left, right] = model.get("margins");
    const height = top + rows + bottom, width = left + columns + right;
    Object.assign(screen.style, {
      width: `${width * scale}px`, aspectRatio: `${width} / ${height}`,
    });
    Object.assign(picture.style, {
      top: `${100 * top / height}%`, left: `${100 * left / width}%`,
      height: `${100 * rows / height}%`, width: `${100 * columns / width}%`,
      imageRendering: scale < 1 ? "auto" : "pixelated",
    });
  };
  const paint = () => {
    const bytes = model.get("picture");
    screen.style.display = bytes.byteLength ? "block" : "none";
    if (!bytes.byteLength) return;
    picture.src = "data:;base64," + toBase64(bytes);
    picture.onload = () => { picture.dataset.version = ++version; };
  };
  const write = () => {
    title.textContent = model.get("title");
    picture.alt = model.get("alt");
    overlay.innerHTML = model.get("overlay");
    below.innerHTML = model.get("html");
    el.style.display = model.get("title") ? "" : "none";
  };
  for (const name of ["size", "margins", "scale"]) model.on(`change:${name}`, arrange);
  for (const name of ["title", "alt", "overlay", "html"]) model.on(`change:${name}`, write);
  model.on("change:picture", paint);
  arrange();
  write();
  paint();
}
export default { render };
