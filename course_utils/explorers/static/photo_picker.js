async function shrink(file) {
  const image = await createImageBitmap(file);
  const scale = Math.min(1, 1024 / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise(done => canvas.toBlob(done, "image/jpeg", 0.95));
  return blob.arrayBuffer();
}

function render({ model, el }) {
  const input = document.createElement("input");
  Object.assign(input, { type: "file", accept: "image/*", hidden: true });
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: "Choose a photo" });
  button.className = "jupyter-button widget-button";
  button.onclick = () => input.click();
  input.onchange = async () => {
    const file = input.files[0];
    if (!file) return;
    const whole = file.size < 8e6 ? file : new Blob();  // Python may know what a browser does not
    const bytes = await shrink(file).catch(() => whole.arrayBuffer());
    model.send({ name: file.name }, undefined, [bytes]);
    input.value = "";  // so that the same file can be chosen again
  };
  el.append(button, input);
}
export default { render };
