// <letter-graph>: type a sum of products of entries, and take its letters away step by step; each step is a product.
// The rules are those of mathnet/derivation/algebra/reduce.py and forms.py, the picture is that of book/graphs.py: the tests compare them.
import { data, element } from "./grids.js";

// Reading

const MOST_FACTORS = 6;
const MOST_LETTERS = 6;
const HOW = "Write it as in C_ij = A_ik B_kj; a letter that is not on the left is summed.";
const ENTRY = /([A-Za-z])(?:_(?:\{([a-z]+)\}|([a-z]+)))?/y;

class FormulaError extends Error {}
const refuse = (message) => {
  throw new FormulaError(message);
};
const unique = (text) => [...new Set(text)].join("");

function entries(side) {
  const found = [];
  const text = side.replaceAll("·", " ");
  for (let at = 0; at < text.length; ) {
    ENTRY.lastIndex = at;
    const match = ENTRY.exec(text);
    if (match) found.push([match[1], match[2] ?? match[3] ?? ""]);
    else if (text[at].trim()) refuse(`“${[...side.slice(at)].slice(0, 12).join("")}” cannot be read. ${HOW}`);
    at = match ? ENTRY.lastIndex : at + 1;
  }
  if (!found.length) refuse(`One side is empty. ${HOW}`);
  return found;
}

/** The sum that is typed: {name, kept, factors, letters, summed}. */
export function read(typed) {
  const [left, ...rest] = typed.split("=").map((part) => part.trim());
  if (rest.length !== 1) refuse(`There is one = in a formula. ${HOW}`);
  const [[name, kept], ...more] = entries(left);
  const factors = entries(rest[0]);
  if (more.length) refuse(`On the left there is one entry, such as C_ij. ${HOW}`);
  if (unique(kept) !== kept) refuse(`${left} has a letter twice on the left, where each is written once.`);
  if (factors.length > MOST_FACTORS) refuse(`There are ${factors.length} factors; the picture has room for ${MOST_FACTORS}.`);
  const count = ({ length }) => `${length} letter${length === 1 ? "" : "s"}`;
  for (const [factor, its] of factors) {
    if (its.length > 2) refuse(`${factor}_${its} has ${its.length} letters; a matrix has two, a vector one.`);
    for (const [other, theirs] of factors) {
      if (factor === other && its.length !== theirs.length) refuse(`${factor} has ${count(its)} and ${count(theirs)}; give one of them another name.`);
    }
  }
  const letters = unique(factors.map(([, its]) => its).join(""));
  const missing = [...kept].find((letter) => !letters.includes(letter));
  if (missing) refuse(`${missing} is on the left, but no factor has it.`);
  if (letters.length > MOST_LETTERS) refuse(`There are ${letters.length} letters; the picture has room for ${MOST_LETTERS}.`);
  return { name, kept, factors, letters, summed: [...letters].filter((letter) => !kept.includes(letter)).join("") };
}

// Forms: how a number, a vector or a matrix is written

const [HADAMARD, PRODUCT, ATOM] = [1, 2, 3]; // how tightly a form holds together
const atom = (latex, shape, kind = "whole", parts = []) => ({ latex, shape, kind, parts, level: ATOM });
const inside = (form, level) => (form.level >= level ? form.latex : `(${form.latex})`);
const isArray = ({ shape }) => shape.length > 0;

function transposed(form) {
  if (form.kind === "diagonal" || !isArray(form)) return form;
  if (form.kind === "transpose") return form.parts[0];
  if (form.kind === "product") {
    return product(...form.parts.filter((part) => !isArray(part)), ...form.parts.filter(isArray).reverse().map(transposed));
  }
  if (form.kind === "hadamard") return hadamard(...form.parts.map(transposed));
  return atom(`${inside(form, ATOM)}^{\\mathsf T}`, form.shape.toReversed(), "transpose", [form]);
}

function product(...factors) {
  const numbers = [];
  const arrays = [];
  for (const factor of factors) {
    const parts = factor.kind === "product" ? factor.parts : [factor];
    if (!isArray(factor) && parts.some(isArray)) numbers.push(product(...parts)); // a row times a column
    else {
      numbers.push(...parts.filter((part) => !isArray(part)));
      arrays.push(...parts.filter(isArray));
    }
  }
  const order = ({ parts, latex }) => (parts.length ? 1e6 : 0) + latex.length;
  numbers.sort((one, other) => order(one) - order(other));
  const parts = [...numbers, ...arrays];
  if (parts.length === 1) return parts[0];
  const ends = arrays.length ? [arrays[0].shape[0], arrays.at(-1).shape[1]] : [];
  const latex = parts.map((part) => inside(part, isArray(part) || !part.parts.length ? PRODUCT : ATOM)).join(" ");
  return { latex, shape: String(ends) === "1,1" ? [] : ends, level: PRODUCT, kind: "product", parts };
}

function hadamard(...factors) {
  const parts = factors.flatMap((factor) => (factor.kind === "hadamard" ? factor.parts : [factor]));
  const others = parts.filter(({ kind }) => kind !== "ones");
  const kept = others.length ? others : parts.slice(0, 1);
  if (kept.length === 1) return kept[0];
  const latex = kept.map((part) => inside(part, ATOM)).join(" \\odot ");
  return { latex, shape: kept[0].shape, level: HADAMARD, kind: "hadamard", parts: kept };
}

const diagonal = (vector) => {
  const size = vector.shape[1] === "1" ? vector.shape[0] : vector.shape[1];
  return atom(`\\operatorname{diag}(${vector.latex})`, [size, size], "diagonal", [vector]);
};
const mainDiagonal = (matrix) => atom(`\\operatorname{diag}(${matrix.latex})`, [matrix.shape[0], "1"], "main diagonal", [matrix]);

// The graph, and what can be done to it

class Graph {
  constructor({ kept, factors }, summed) {
    Object.assign(this, { kept: [...kept], summed: [...summed], numbers: [], edges: [], hanging: new Map(), pictures: [], ones: new Set() });
    for (const [name, at] of factors) {
      const shape = at.length === 1 ? [at, "1"] : [...at];
      const form = atom(name, shape, "symbol");
      if (!at) this.numbers.push(form);
      else if (at.length === 2 && at[0] !== at[1]) this.edges.push({ row: at[0], column: at[1], form });
      else this.on(at[0]).push(at.length === 2 ? mainDiagonal(form) : form);
    }
    this.took("", "");
  }

  /** What hangs on a letter. */
  on(letter) {
    if (!this.hanging.has(letter)) this.hanging.set(letter, []);
    return this.hanging.get(letter);
  }

  at(letter) {
    return this.edges.filter(({ row, column }) => letter === row || letter === column);
  }

  took(step, product, gone = []) {
    const hanging = [...this.hanging].filter(([, vectors]) => vectors.length).map(([letter, vectors]) => [letter, [...vectors]]);
    this.pictures.push({ step, product, gone, hanging, edges: this.edges.map((edge) => ({ ...edge })), numbers: [...this.numbers] });
  }

  one(size) {
    this.ones.add(size);
    return atom(`\\mathbf 1_{${size}}`, [size, "1"], "ones");
  }

  /** Take what stands side by side together. */
  joined(summed = this.summed) {
    const same = (edge, other) => String([edge.row, edge.column].sort()) === String([other.row, other.column].sort());
    for (const edge of this.edges) {
      for (const other of this.edges) {
        if (other === edge || !same(edge, other)) continue;
        const beside = this.edges.filter((each) => same(each, edge));
        const closed = [edge.row, edge.column].every(
          (letter) => summed.includes(letter) && this.at(letter).length === beside.length && !this.on(letter).length,
        );
        if (closed && beside.length === 2) return false;
        edge.form = hadamard(edge.form, outOf(other, edge.row));
        this.edges = this.edges.filter((each) => each !== other);
        this.took("side by side", "Hadamard product");
        return true;
      }
    }
    for (const [letter, vectors] of this.hanging) {
      const keep = summed.includes(letter) && !this.at(letter).length ? 2 : 1;
      if (vectors.length > keep) {
        this.hanging.set(letter, [...vectors.slice(0, keep - 1), hadamard(...vectors.slice(keep - 1))]);
        this.took("side by side", "Hadamard product");
        return true;
      }
    }
    return false;
  }

  /** Take the first summed letter away that can go. */
  removed() {
    return this.summed.some((letter) => this.remove(letter));
  }

  remove(letter) {
    const edges = this.at(letter);
    const vectors = this.on(letter);
    const gone = [letter];
    let [step, name] = ["no edge", vectors.length === 2 ? "dot product" : ""];
    const [first, second] = edges;
    if (!edges.length) {
      this.numbers.push(this.sum(vectors, letter));
    } else if (edges.length === 2 && other(first, letter) !== other(second, letter)) {
      [step, name] = ["two edges", "matrix product"];
      const [row, column] = [other(first, letter), other(second, letter)];
      const middle = vectors.length ? [diagonal(hadamard(...vectors))] : [];
      const form = product(outOf(first, row), ...middle, outOf(second, letter));
      this.edges = [...this.edges.filter((edge) => !edges.includes(edge)), { row, column, form }];
    } else if (edges.length === 1) {
      [step, name] = ["one edge", "matrix product"];
      const end = other(first, letter);
      const vector = vectors.length ? hadamard(...vectors) : this.one(letter);
      this.on(end).push(product(outOf(first, end), vector));
      this.edges = this.edges.filter((edge) => edge !== first);
    } else if (edges.length === 2 && this.summed.includes(other(first, letter))) {
      [step, name] = ["two letters alone", "inner product"];
      const sides = edges.map((edge) => outOf(edge, letter));
      this.numbers.push(atom(`\\langle ${sides.map(({ latex }) => latex).join(", ")} \\rangle`, [], "whole", sides));
      this.edges = this.edges.filter((edge) => !edges.includes(edge));
      gone.push(other(first, letter));
    } else {
      return false;
    }
    this.hanging.delete(letter);
    this.summed = this.summed.filter((each) => !gone.includes(each));
    this.took(step, name, gone);
    return true;
  }

  sum(vectors, letter) {
    const [first, second] = vectors;
    if (second) return product(transposed(first), second);
    if (first.kind === "main diagonal") return atom(`\\operatorname{tr}(${first.parts[0].latex})`, [], "whole", first.parts);
    if (first.kind === "hadamard" && first.parts.length === 2) return product(transposed(first.parts[0]), first.parts[1]);
    return product(transposed(this.one(letter)), first);
  }

  /** What is left at the ends, in the order of the result. */
  ends() {
    const [row, column] = this.kept;
    const at = (letter) => (this.hanging.get(letter)?.length ? [hadamard(...this.hanging.get(letter))] : []);
    if (!row) return [];
    if (!column) return at(row).length ? at(row) : [this.one(row)];
    if (this.edges.length) return [...at(row).map(diagonal), outOf(this.edges[0], row), ...at(column).map(diagonal)];
    if (at(row).length && at(column).length) this.took("ends", "outer product");
    return [at(row)[0] ?? this.one(row), transposed(at(column)[0] ?? this.one(column))];
  }
}

const other = ({ row, column }, letter) => (letter === row ? column : row);
const outOf = ({ row, form }, letter) => (letter === row ? form : transposed(form));

function attempt(formula, order) {
  const graph = new Graph(formula, order);
  if (formula.kept.length > 2) return { ...graph, form: null };
  while (graph.summed.length) if (!graph.joined() && !graph.removed()) return { ...graph, form: null };
  while (graph.joined([])) continue;
  const form = product(...graph.numbers, ...graph.ends());
  return { pictures: graph.pictures, ones: graph.ones, form };
}

function* permutations(letters) {
  if (!letters) yield "";
  for (const letter of letters) for (const rest of permutations(letters.replace(letter, ""))) yield letter + rest;
}

const MOST_ORDERS = 24;

/** The pictures of a sum, one for each step, and its form in matrices or null: in an order, or in the one with the shortest form. */
export function reduction(formula, order = "") {
  let best = attempt(formula, order || formula.summed);
  if (order || !best.form) return best;
  const cost = ({ ones, form }) => 1e6 * ones.size + form.latex.length;
  let tried = 0;
  for (const each of permutations(formula.summed)) {
    if (tried++ === MOST_ORDERS) break;
    const found = attempt(formula, each);
    if (cost(found) < cost(best)) best = found;
  }
  return best;
}

// The picture

const [ROOM, LEVEL, RADIUS, BOW, HANG, MARGIN, TOP] = [104, 92, 15, 34, 40, 58, 72];
const TOKEN =
  /\\operatorname\{(?<word>\w+)\}|(?<ones>\\mathbf 1(?:_\{?\w+\}?)?)|\^\{?(?<up>\\mathsf T)\}?|(?<sign>\\[A-Za-z]+) ?|(?<letter>.)/g;
const SIGNS = { "\\odot": "⊙ ", "\\langle": "⟨", "\\rangle": "⟩" };
const italic = (letter) => {
  if (letter === "h") return "ℎ";
  if (/[A-Z]/.test(letter)) return String.fromCodePoint(0x1d434 + letter.charCodeAt(0) - 65);
  if (/[a-z]/.test(letter)) return String.fromCodePoint(0x1d44e + letter.charCodeAt(0) - 97);
  return letter;
};

/** A form as pieces of text, each with how far it is raised. */
export function text(latex) {
  const pieces = [];
  for (const { groups } of latex.replace(" \\rangle", "\\rangle").matchAll(TOKEN)) {
    const { word, ones, up, sign, letter } = groups;
    const piece = word ?? (ones ? "𝟏" : up ? "𝖳" : sign ? SIGNS[sign] : italic(letter));
    const level = up ? 1 : 0;
    if (pieces.length && pieces.at(-1)[1] === 0 && level === 0) pieces.at(-1)[0] += piece;
    else pieces.push([piece, level]);
  }
  return pieces;
}

/** Where the letters are drawn: the row at the left, the column at the right, the others by their distance from the row. */
export function layout({ letters, kept }, first) {
  const all = [...letters];
  const beside = new Map(all.map((letter) => [letter, new Set()]));
  for (const { row, column } of first.edges) {
    beside.get(row).add(column);
    beside.get(column).add(row);
  }
  const last = kept.length > 1 ? kept.at(-1) : undefined;
  const columnOf = new Map();
  let free = 0;
  for (const start of last ? [...kept.slice(0, -1), ...all] : [...kept, ...all]) {
    if (columnOf.has(start) || start === last) continue;
    columnOf.set(start, free);
    const reached = [start];
    for (const letter of reached) {
      for (const next of all) {
        if (!beside.get(letter).has(next) || columnOf.has(next) || next === last) continue;
        columnOf.set(next, columnOf.get(letter) + 1);
        reached.push(next);
      }
    }
    free = 1 + Math.max(...columnOf.values());
  }
  if (last) columnOf.set(last, free++);
  const columns = [...Array(free).keys()].map((k) => all.filter((letter) => columnOf.get(letter) === k));
  const tallest = Math.max(1, ...columns.map(({ length }) => length));
  const middle = TOP + (LEVEL * (tallest - 1)) / 2;
  const at = new Map();
  columns.forEach((column, k) =>
    column.forEach((letter, place) => at.set(letter, [MARGIN + ROOM * k, middle + LEVEL * (place - (column.length - 1) / 2)])),
  );
  return { at, width: 2 * MARGIN + ROOM * Math.max(0, free - 1), height: 2 * TOP + LEVEL * (tallest - 1) + 22 };
}

const short = (x) => String(Math.round(x * 10) / 10 + 0);

function near([x, y], [x1, y1], [x2, y2]) {
  const square = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  const part = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / square;
  return part > 0 && part < 1 && Math.hypot(x - x1 - part * (x2 - x1), y - y1 - part * (y2 - y1)) < RADIUS + 5;
}

/** The letters that are still there. */
const present = ({ edges, hanging }, kept) =>
  new Set([...edges.flatMap(({ row, column }) => [row, column]), ...hanging.map(([letter]) => letter), ...kept]);

/** The lines of a picture: {latex, path, x, y}. */
export function lines(picture, { at, width, height }, kept) {
  const found = [];
  const shown = present(picture, kept);
  const before = (one, other) => at.get(one)[0] - at.get(other)[0] || at.get(one)[1] - at.get(other)[1];
  const pairs = picture.edges.map(({ row, column }) => [row, column].sort(before));
  pairs.forEach(([start, end], k) => {
    const alike = pairs.flatMap((pair, place) => (String(pair) === String([start, end]) ? [place] : []));
    const [[x1, y1], [x2, y2]] = [at.get(start), at.get(end)];
    const length = Math.hypot(x2 - x1, y2 - y1);
    const [across, along] = [(y2 - y1) / length, (x1 - x2) / length];
    let bow = BOW * (alike.length - 1 - 2 * alike.indexOf(k));
    if ([...shown].some((letter) => letter !== start && letter !== end && near(at.get(letter), [x1, y1], [x2, y2]))) bow += 1.4 * BOW;
    const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
    const bent = bow ? `Q${short(x + 2 * bow * across)} ${short(y + 2 * bow * along)} ` : "L";
    const beyond = bow + (bow < 0 ? -13 : 13);
    found.push({
      latex: picture.edges[k].form.latex,
      path: `M${short(x1)} ${short(y1)}${bent}${short(x2)} ${short(y2)}`,
      x: x + beyond * across,
      y: y + beyond * along + 5,
    });
  });
  for (const [letter, vectors] of picture.hanging) {
    const [x, y] = at.get(letter);
    const up = y <= height / 2 ? -1 : 1;
    vectors.forEach(({ latex }, k) => {
      const tip = x + 64 * (k - (vectors.length - 1) / 2);
      found.push({ latex, path: `M${short(x)} ${short(y)}L${short(tip)} ${short(y + up * HANG)}`, x: tip, y: y + up * (HANG + 9) + 5 });
    });
  }
  const low = picture.edges.length || picture.hanging.length ? height - 10 : height / 2;
  picture.numbers.forEach(({ latex }, k) => {
    found.push({ latex, path: "", x: width / 2 + ROOM * (k - (picture.numbers.length - 1) / 2), y: low });
  });
  return found;
}

/** What is in one list and not in another, as often as it is. */
function without(list, others) {
  const left = [...others];
  return list.filter((each) => {
    const place = left.indexOf(each);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
}

/** The names of all factors in a picture. */
const factors = ({ edges, hanging, numbers }) =>
  [...edges.map(({ form }) => form), ...hanging.flatMap(([, vectors]) => vectors), ...numbers].map(({ latex }) => latex);

const spans = (latex) => {
  let raised = 0;
  return text(latex).map(([piece, level]) => {
    const shift = level ? -6 : 0;
    const span = `<tspan${level ? ' class="script"' : ""} dy="${shift - raised}">${piece}</tspan>`;
    raised = shift;
    return span;
  }).join("");
};
const inline = (latex) =>
  `<span class="written">${text(latex).map(([piece, level]) => (level ? `<sup>${piece}</sup>` : piece)).join("")}</span>`;

function drawing(picture, where, before, kept) {
  const fresh = without(factors(picture), factors(before));
  const here = lines(picture, where, kept).map((line) => ({ ...line, mark: fresh.includes(line.latex) ? " new" : "" }));
  const shown = present(picture, kept);
  const edges = here.filter(({ path }) => path).map(({ path, mark }) => `<path class="edge${mark}" d="${path}"/>`);
  const nodes = [...where.at].filter(([letter]) => shown.has(letter)).map(([letter, [x, y]]) => {
    const circle = `<circle cx="${short(x)}" cy="${short(y)}" r="${RADIUS}"`;
    const name = `<text class="name" x="${short(x)}" y="${short(y)}" dy="5">${italic(letter)}</text>`;
    if (kept.includes(letter)) return `${circle}/>${name}`;
    return `<g role="button" tabindex="0" data-letter="${letter}" aria-label="${letter}, summed: take it away">
      <circle class="target" cx="${short(x)}" cy="${short(y)}" r="26"/>${circle} stroke-dasharray="4 3"/>${name}</g>`;
  });
  const names = here.map(({ latex, x, y, mark }) => `<text class="factor${mark}" x="${short(x)}" y="${short(y)}">${spans(latex)}</text>`);
  return `<svg viewBox="0 0 ${where.width} ${where.height}" width="${where.width}" height="${where.height}">
    <g class="matrix letters">${[...edges, ...names, ...nodes].join("")}</g></svg>`;
}

// What a step says

const letters = (names) => [...names].map((name) => `<i>${name}</i>`).join(" and ");
const listed = (latex) => latex.map(inline).join(" and ");

/** The name of a step, and why it is that. */
function reason(picture, before, form, { kept }) {
  const [gone] = picture.gone;
  const touching = before.edges.filter(({ row, column }) => gone === row || gone === column).map(({ form: { latex } }) => latex);
  const hung = (before.hanging.find(([letter]) => letter === gone)?.[1] ?? []).map(({ latex }) => latex);
  const [made = form.latex] = without(factors(picture), factors(before));
  const name = picture.product || (made.includes("{tr}") ? "trace" : "sum of entries");
  const why = {
    "side by side": () => `${listed(without(factors(before), factors(picture)))} are side by side`,
    "two edges": () => `${letters([gone])} is summed, and lies between ${listed(touching)}`,
    "one edge": () => `${letters([gone])} is summed; it has one edge, ${listed(touching)}, and ${hung.length ? listed(hung) : "nothing else"}`,
    "no edge": () => `${letters([gone])} is summed; it has no edge, only ${listed(hung)}`,
    "two letters alone": () => `${letters(picture.gone)} are summed, with nothing but ${listed(touching)} between them`,
    ends: () => `no edge joins ${letters(kept)}`,
  }[picture.step]();
  return `<strong>${name}</strong> ${inline(made)}: ${why}.`;
}

const einsum = ({ kept, factors }) =>
  `<code>np.einsum("${factors.map(([, at]) => at).join(",")}-&gt;${kept}", ${factors.map(([name]) => name).join(", ")})</code>`;

class LetterGraph extends HTMLElement {
  connectedCallback() {
    if (this.querySelector(".hands-on")) return;
    const { start, examples } = data(this);
    const options = Object.entries(examples).map(([formula, words]) => `<option value="${formula}">${words}: ${formula}</option>`);
    this.replaceChildren(element(`<div class="hands-on letter-graph">
      <p class="controls"><label>Sum <input name="formula" autocomplete="off" autocapitalize="off" spellcheck="false"></label>
        <label>or an example <select name="example"><option value="">choose…</option>${options.join("")}</select></label></p>
      <div class="drawing figure"></div>
      <p class="controls"><button type="button" name="back">Back</button> <button type="button" name="next">Next step</button>
        <button type="button" name="end">To the end</button></p>
      <p class="said" role="status"></p>
      <ol class="steps"></ol></div>`));
    this.control = (name) => this.querySelector(`[name=${name}]`);
    this.control("formula").addEventListener("input", () => this.begin(this.control("formula").value));
    this.control("example").addEventListener("change", ({ target }) => {
      if (!target.value) return;
      this.control("formula").value = target.value;
      this.begin(target.value);
      target.value = "";
    });
    for (const [name, to] of [["back", () => this.step - 1], ["next", () => this.step + 1], ["end", () => this.pictures.length - 1]]) {
      this.control(name).addEventListener("click", () => this.go(to()));
    }
    const picture = this.querySelector(".drawing");
    const chosen = ({ target }) => target.closest("[data-letter]")?.dataset.letter;
    picture.addEventListener("click", (event) => chosen(event) && this.take(chosen(event)));
    picture.addEventListener("keydown", (event) => {
      if (!chosen(event) || ![" ", "Enter"].includes(event.key)) return;
      event.preventDefault();
      this.take(chosen(event));
    });
    this.control("formula").value = start;
    this.begin(start);
  }

  /** Begin with what is typed, or say why it cannot be read. */
  begin(typed) {
    const input = this.control("formula");
    try {
      this.formula = read(typed);
    } catch (error) {
      if (!(error instanceof FormulaError)) throw error;
      input.setAttribute("aria-invalid", "true");
      this.querySelector(".said").textContent = `${error.message} The picture still shows the sum before.`;
      return;
    }
    input.removeAttribute("aria-invalid");
    Object.assign(this, reduction(this.formula));
    this.where = layout(this.formula, this.pictures[0]);
    this.go(0);
  }

  go(step, note = "") {
    this.step = Math.max(0, Math.min(step, this.pictures.length - 1));
    const { pictures, formula, form } = this;
    const picture = pictures[this.step];
    const focused = this.querySelector("[data-letter]:focus") !== null;
    this.querySelector(".drawing").innerHTML = drawing(picture, this.where, pictures[this.step - 1] ?? picture, formula.kept);
    const last = this.step === pictures.length - 1;
    for (const [name, off] of [["back", !this.step], ["next", last], ["end", last]]) this.control(name).setAttribute("aria-disabled", off);
    if (focused) (this.querySelector("[data-letter]") ?? this.control("back")).focus();
    const taken = pictures.slice(1, this.step + 1).map((each, k) => `<li>${reason(each, pictures[k], form, formula)}</li>`);
    this.querySelector(".steps").innerHTML = taken.join("");
    this.querySelector(".said").innerHTML = note || (last ? this.result() : this.ahead());
  }

  ahead() {
    const { summed } = this.formula;
    if (this.step) return "Take the next step, or choose a dashed letter yourself.";
    return `${summed ? `Summed: ${letters(summed)}.` : "No letter is summed."} Take the next step${summed ? ", or choose a dashed letter yourself" : ""}.`;
  }

  /** What is left when no step applies. */
  result() {
    const { formula, form, pictures } = this;
    if (form) return `The result: ${inline(formula.name)} = ${inline(form.latex)}.`;
    if (formula.kept.length > 2) return `${formula.kept.length} letters are kept, and a matrix has two. The sum is ${einsum(formula)}.`;
    const degree = (letter) => pictures.at(-1).edges.filter(({ row, column }) => letter === row || letter === column).length;
    const left = [...formula.summed].filter(degree);
    return `No step applies: each of ${letters(left)} is in ${[...new Set(left.map(degree))].sort().join(" or ")} factors. No product of matrices says this sum; it is ${einsum(formula)}.`;
  }

  /** Take the letter away that the reader has chosen, or say why it cannot go. */
  take(letter) {
    const { formula, pictures, step } = this;
    const gone = pictures.slice(1, step + 1).flatMap((picture) => picture.gone);
    const others = pictures.flatMap((picture) => picture.gone).concat([...formula.summed]);
    const order = unique([...gone, letter, ...others].join(""));
    const found = reduction(formula, order);
    const next = found.pictures.findIndex((picture, k) => k > step && picture.gone.length);
    if (next > 0 && found.pictures[next].gone.includes(letter)) {
      Object.assign(this, found);
      this.go(next);
    } else {
      const degree = pictures[step].edges.filter(({ row, column }) => letter === row || letter === column).length;
      this.go(step, `${letters([letter])} cannot go yet: it is in ${degree} factors with two letters, and a step needs two or fewer.`);
    }
  }
}

customElements.define("letter-graph", LetterGraph);
