// Where a window goes along one axis: how many places it has, and how many zeros stand before and
// after the pixels. TensorFlow's rule for "same" puts the odd zero after them.
export function slideAxis(size, side, stride = 1, padding = "valid", dilation = 1) {
  const reach = (side - 1) * dilation + 1;
  let before = 0, after = 0;
  if (padding === "same") {
    const total = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
    before = Math.floor(total / 2);
    after = total - before;
  } else if (padding !== "valid") before = after = padding;
  return { places: Math.floor((size + before + after - reach) / stride) + 1, before, after };
}

// The same for rows and columns; each option is a pair.
export function slide(shape, window, { stride = [1, 1], padding = "valid", dilation = [1, 1] } = {}) {
  const [rows, columns] = [0, 1].map(axis =>
    slideAxis(shape[axis], window[axis], stride[axis], padding, dilation[axis]));
  if (Math.min(rows.places, columns.places) < 1) {
    const spread = Math.max(...dilation) > 1 ? ` dilated by ${dilation.join("x")}` : "";
    throw new RangeError(
      `A window of ${window.join("x")}${spread} does not fit into an image of `
      + `${shape.slice(0, 2).join("x")} with padding ${padding}; take a smaller window, a larger `
      + "image or padding same.");
  }
  return { window, stride, dilation, rows, columns, output: [rows.places, columns.places] };
}

// The rows and the columns that the window meets at a place; outside the picture they are below 0
// or beyond its last.
export function cellsAt({ window, stride, dilation, rows, columns }, [row, column]) {
  const along = (side, start, step) => Array.from({ length: side }, (_, n) => start + n * step);
  return [
    along(window[0], row * stride[0] - rows.before, dilation[0]),
    along(window[1], column * stride[1] - columns.before, dilation[1]),
  ];
}
