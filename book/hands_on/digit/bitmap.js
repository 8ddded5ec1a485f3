// Strokes become 64 numbers the way the data's digits did: a bitmap of 32 × 32 pixels, of which each block of 4 × 4 is counted.
import { range, rows } from "./products.js";

// The strokes, moved and stretched until a pen of this radius fills 20 × 32 pixels: the data's digits reach from the first row to the
// last, and leave the outer columns of the 8 × 8 blocks empty.
function fit(strokes, radius) {
  const middle = (k) => {
    const places = strokes.flat().map((point) => point[k]);
    return [(Math.min(...places) + Math.max(...places)) / 2, Math.max(...places) - Math.min(...places)];
  };
  const [[x, width], [y, height]] = [middle(0), middle(1)];
  const [across, down] = [(20 - 2 * radius) / width, (32 - 2 * radius) / height];
  const [a, b] = [Math.min(across, 1.5 * down, 32), Math.min(down, 2.5 * across, 32)]; // a line stays a line, a dot a dot
  return strokes.map((stroke) => stroke.map((point) => [16 + a * (point[0] - x), 16 + b * (point[1] - y)]));
}

// The square of the distance of a point from the nearest segment.
function away(x, y, segments) {
  let least = Infinity;
  for (const [[x1, y1], [x2, y2]] of segments) {
    const [dx, dy] = [x2 - x1, y2 - y1];
    const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, (x - x1 - along * dx) ** 2 + (y - y1 - along * dy) ** 2);
  }
  return least;
}

/** A 32 × 32 bitmap of the strokes, with a pen so wide that its share of black pixels is that of the data. */
export function bitmap(strokes, ink) {
  let [radius, squares] = [2.5, []];
  for (let round = 0; round < 5; round += 1) {
    const segments = fit(strokes, radius).flatMap((stroke) => stroke.map((point, k) => [stroke[Math.max(k - 1, 0)], point]));
    squares = range(1024).map((k) => away((k % 32) + 0.5, Math.floor(k / 32) + 0.5, segments));
    radius = Math.min(8, Math.sqrt(squares.toSorted((a, b) => a - b)[Math.round(ink * 1024)]));
  }
  return rows(squares.map((square) => Number(square <= radius ** 2)), 32);
}

/** The black pixels of each block of 4 × 4, as a share: 64 numbers from 0 to 1. */
export const count = (bits) =>
  range(64).map((k) => {
    const [top, left] = [4 * Math.floor(k / 8), 4 * (k % 8)];
    return range(16).map((m) => bits[top + Math.floor(m / 4)][left + (m % 4)]).reduce((a, b) => a + b) / 16;
  });
