// The operations of the hands-on figures. Each says which entries meet: an entry of the result is a sum of terms, a term is
// a product of factors, a factor is a number or an entry [operand, row, column]. So what is written is what is computed.
import { format } from "./numbers.js";

export const range = (n) => [...Array(n).keys()];
/** A list of numbers as the rows of a matrix. */
export const rows = (list, width) => range(list.length / width).map((i) => list.slice(i * width, (i + 1) * width));
const length = (a) => a.length * a[0].length;
const along = (operand, a, k) => (a.length === 1 ? [operand, 0, k] : [operand, k, 0]);

export const operations = {
  matmul: {
    size: (A, B) => [A.length, B[0].length],
    terms: (i, j, A) => range(A[0].length).map((k) => [[0, i, k], [1, k, j]]),
  },
  dot: {
    size: () => [1, 1],
    terms: (i, j, a, b) => range(length(a)).map((k) => [along(0, a, k), along(1, b, k)]),
  },
  hadamard: {
    size: (A) => [A.length, A[0].length],
    terms: (i, j) => [[[0, i, j], [1, i, j]]],
  },
  outer: {
    size: (a, b) => [length(a), length(b)],
    terms: (i, j, a, b) => [[along(0, a, i), along(1, b, j)]],
  },
  affine: {
    size: (H, W) => [H.length, W[0].length],
    terms: (i, j, H) => [...operations.matmul.terms(i, j, H), [[2, 0, j]]],
  },
  subtract: {
    size: (A) => [A.length, A[0].length],
    terms: (i, j) => [[[0, i, j]], [-1, [1, i, j]]],
  },
  update: {
    size: (A) => [A.length, A[0].length],
    terms: (i, j) => [[[0, i, j]], [-1, [1, 0, 0], [2, i, j]]],
  },
  half_dot: {
    size: () => [1, 1],
    terms: (i, j, a, b) => operations.dot.terms(i, j, a, b).map((term) => [0.5, ...term]),
  },
  identity: {
    size: (A) => [A.length, A[0].length],
    terms: (i, j) => [[[0, i, j]]],
  },
  transpose: {
    size: (A) => [A[0].length, A.length],
    terms: (i, j) => [[[0, j, i]]],
  },
  sigmoid: {
    size: (A) => [A.length, A[0].length],
    terms: (i, j) => [[[0, i, j]]],
    name: "σ",
    f: (z) => (z >= 0 ? 1 : Math.exp(z)) / (1 + Math.exp(-Math.abs(z))), // as mathnet: small values keep all their digits
  },
  sigmoid_prime: {
    size: (A) => [A.length, A[0].length],
    terms: (i, j) => [[[0, i, j]]],
    name: "σ′",
    f: (z) => operations.sigmoid.f(z) * (1 - operations.sigmoid.f(z)),
  },
};

const number = (factor, operands) =>
  typeof factor === "number" ? factor : operands[factor[0]][factor[1]][factor[2]];

// What is left of terms that cancel is rounding, if it is smaller than the last digits of the largest term. A reader sees 0.
const ROUNDING = 2 ** -50;
function added(terms) {
  const total = terms.reduce((sum, term) => sum + term);
  return Math.abs(total) < ROUNDING * Math.max(...terms.map(Math.abs)) ? 0 : total;
}

/** The result of an operation: an array of rows. */
export function compute(name, ...operands) {
  const { size, terms, f = (z) => z } = operations[name];
  const [rows, columns] = size(...operands);
  const product = (term) => term.reduce((product, factor) => product * number(factor, operands), 1);
  const entry = (i, j) => added(terms(i, j, ...operands).map(product));
  return range(rows).map((i) => range(columns).map((j) => f(entry(i, j))));
}

/** The entries [operand, row, column] that meet in entry i, j of the result. */
export const meeting = (name, i, j, ...operands) =>
  operations[name].terms(i, j, ...operands).flat().filter(Array.isArray);

/** The sum of entry i, j with its numbers, such as "1·4 + 2·(−5) = −6". */
export function sum(name, i, j, ...operands) {
  const text = operations[name]
    .terms(i, j, ...operands)
    .map((term, position) => {
      const minus = term[0] === -1;
      const factors = (minus ? term.slice(1) : term).map((factor) => (factor === 0.5 ? "½" : number(factor, operands)));
      const words = factors.map((x, k) => (x === "½" ? x : x < 0 && position + k > 0 ? `(${format(x)})` : format(x)));
      return (position === 0 ? "" : minus ? " − " : " + ") + words.join("·");
    })
    .join("");
  const f = operations[name].name;
  return `${f ? `${f}(${text})` : text} = ${format(compute(name, ...operands)[i][j])}`;
}

export const shapeText = (shape) =>
  shape.length === 2 ? shape.join("\u00a0×\u00a0") : shape.length === 1 ? `(${shape[0]},)` : "scalar";
