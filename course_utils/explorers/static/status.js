function render({ model, el }) {
  const words = document.createElement("div");
  words.setAttribute("role", "status");
  el.append(words);
  const write = () => {
    words.textContent = model.get("text");
    words.className = "explorer-status" + (model.get("problem") ? " explorer-problem" : "");
  };
  const label = () => {
    const explorer = el.closest(".explorer");
    for (const slider of explorer ? explorer.querySelectorAll(".widget-slider") : []) {
      const name = slider.querySelector(".widget-label").textContent;
      for (const handle of slider.querySelectorAll(".noUi-handle"))
        handle.setAttribute("aria-label", name);
      slider.querySelector(".widget-readout")
        ?.setAttribute("aria-label", `${name}, as a number`);
    }
    for (const player of explorer ? explorer.querySelectorAll(".widget-play") : [])
      player.querySelectorAll("button").forEach((button, place) =>
        button.setAttribute("aria-label", ["Play or pause", "Stop", "Repeat"][place]));
  };
  model.on("change:text", write);
  model.on("change:problem", write);
  write();
  // Keys pressed in an explorer are meant for it: no d, d that deletes the cell.
  const keep = event => { event.target.dataset.lmSuppressShortcuts = "true"; };
  new ResizeObserver(() => {
    label();
    el.closest(".explorer")?.addEventListener("focusin", keep);
  }).observe(el);
}
export default { render };
