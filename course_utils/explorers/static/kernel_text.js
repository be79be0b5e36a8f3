import { tensor } from "./tensor.js";

const LARGEST = 15;  // rows and columns of a typed kernel

// Typed rows of numbers as a kernel: "0 1 0; 1 -4 1; 0 1 0", or one row a line. Numbers stand
// apart by spaces or commas; 1/9 will do. Where spaces part them, "0,5" is 0.5, as it is written
// in many languages. A RangeError says which row or number is wrong.
export function readKernel(text) {
  const lines = text.replaceAll(";", "\n").split("\n").filter(line => line.trim());
  if (!lines.length)
    throw new RangeError("There are no numbers yet: type rows of numbers, such as 0 1 0.");
  const rows = lines.map((line, place) => readRow(line.trim(), place + 1));
  rows.forEach((row, place) => {
    if (row.length !== rows[0].length)
      throw new RangeError(`Row ${place + 1} has ${count(row)} and row 1 has ${count(rows[0])}: `
        + "give each row equally many.");
  });
  if (Math.max(rows.length, rows[0].length) > LARGEST)
    throw new RangeError(`This kernel is ${rows.length} x ${rows[0].length}; `
      + `type at most ${LARGEST} rows of ${LARGEST} numbers.`);
  return tensor([rows.length, rows[0].length], Float64Array.from(rows.flat()));
}

function readRow(line, place) {
  const words = line.replace(/^,|,$/g, "").split(/\s*,\s+|\s+,\s*|\s+/);
  if (words.length > 1) return words.map(word => readNumber(withPoint(word), place));
  const parts = words[0].split(",");
  if (parts.length === 2)
    throw new RangeError(`"${words[0]}" in row ${place} may be one number or two: type `
      + `${parts.join(".")} or ${parts.join(" ")}.`);
  return parts.map(word => readNumber(word, place));
}

const withPoint = word => word.split(",").length === 2 ? word.replace(",", ".") : word;

function readNumber(word, place) {
  const [above, below = "1", more] = word.replace("\u2212", "-").split("/");
  const value = above.trim() && below.trim() ? Number(above) / Number(below) : NaN;
  if (more !== undefined || !(Math.abs(value) <= 1e6))
    throw new RangeError(`"${word}" in row ${place} is no number up to a million: `
      + "type such as 2, -0.5 or 1/9.");
  return value;
}

// A kernel as text that `readKernel` understands; ninths and sixteenths as such.
export function writeKernel({ shape: [rows, columns], data }) {
  const row = n => Array.from(data.subarray(n * columns, (n + 1) * columns), writeNumber).join(" ");
  return Array.from({ length: rows }, (_, n) => row(n)).join("\n");
}

function writeNumber(weight) {
  for (const below of [1, 9, 16]) {
    const above = Math.round(weight * below);
    if (Math.abs(weight * below - above) < 1e-5) return `${above + 0}` + (below > 1 ? `/${below}` : "");
  }
  return String(Number(weight.toPrecision(4)));
}

const count = row => `${row.length} number${row.length === 1 ? "" : "s"}`;
