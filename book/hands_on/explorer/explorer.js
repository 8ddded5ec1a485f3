// <product-explorer>: choose two shapes, see which of the four products exist and what NumPy makes of the operands.
// What exists, every shape, message and meaning was found at build by running mathnet and NumPy.
import { data, element, mark, matrix, signed } from "./grids.js";
import { compute, meeting, sum } from "./products.js";

const MARKS = { yes: "✓", no: "✗", trap: "⚠" };
const written = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;

/** The first of some numbers, in a shape. Entries of an array with no or one axis are drawn as a row. */
export const operand = (numbers, shape) =>
  numbers.slice(0, shape.at(-2) ?? 1).map((row) => row.slice(0, shape.at(-1) ?? 1));

/** What the build found for two shapes, first by the products, then by NumPy's calls: {kind, shape, words}. */
export function outcomes({ shapes, texts, outcomes }, A, B) {
  const place = (shape) => shapes.findIndex((other) => String(other) === String(shape) && other.length === shape.length);
  return outcomes[place(A) * shapes.length + place(B)].map((k) => {
    const [kind, shape, words] = texts[k];
    const [a, b] = [A, B].map((shape) => (words.startsWith("ValueError") ? written(shape).replace(" ", "") : written(shape)));
    return { kind, shape, words: words.replace("{A}", a).replace("{B}", b) };
  });
}

class ProductExplorer extends HTMLElement {
  connectedCallback() {
    if (this.data) return;
    this.data = data(this);
    this.chosen = this.data.products[0];
    const options = (labels) => labels.map((label, k) => `<option value="${k}">${label}</option>`).join("");
    const select = (role, labels) => `<select name="${role}" aria-label="${role}">${options(labels)}</select>`;
    const sizes = [1, 2, 3, 4];
    const chooser = (name) => `<fieldset data-operand="${name}"><legend>${this.data.names[name]}</legend>
      ${select("axes", ["no axis", "1 axis", "2 axes"])} ${select("rows", sizes)} <span>×</span> ${select("columns", sizes)}</fieldset>`;
    const product = ({ name, title }) =>
      `<label><input type="radio" name="product" value="${name}"> ${title} <span data-product="${name}"></span></label>`;
    this.replaceChildren(element(`<div class="hands-on">
      <div class="operands">${chooser("A")}${chooser("B")}</div>
      <p class="examples">Try ${this.data.examples.map((pair) => `<button type="button">${pair.map(written).join(" and ")}</button>`).join(" ")}</p>
      <fieldset class="products"><legend>Which product?</legend>${this.data.products.map(product).join("")}</fieldset>
      <div class="equation"></div>
      <p class="entry"></p>
      <p class="sum" role="status"></p>
      <p>What NumPy does with the same operands:</p>
      <dl class="calls"></dl></div>`));
    for (const [k, pair] of this.data.examples.entries()) {
      this.querySelectorAll(".examples button")[k].addEventListener("click", () => this.show(...pair, true));
    }
    this.querySelector(".operands").addEventListener("change", () => this.show(...["A", "B"].map((name) => this.selected(name))));
    this.querySelector(".products").addEventListener("change", ({ target }) => {
      this.chosen = this.data.products.find(({ name }) => name === target.value);
      this.show(this.A, this.B);
    });
    this.show(...this.data.examples[0], true);
  }

  selects(name) {
    return [...this.querySelectorAll(`[data-operand=${name}] select`)];
  }

  selected(name) {
    const [axes, rows, columns] = this.selects(name).map((select) => Number(select.value));
    return [[], [rows + 1], [rows + 1, columns + 1]][axes];
  }

  /** Show what two shapes give; with `existing`, choose the first product that exists. */
  show(A, B, existing = false) {
    [this.A, this.B] = [A, B];
    for (const [name, shape] of Object.entries({ A, B })) this.set(name, shape);
    const { products, calls } = this.data;
    const found = outcomes(this.data, A, B);
    if (existing) this.chosen = products.find((_, k) => found[k].kind === "yes") ?? products[0];
    for (const [k, { name }] of products.entries()) {
      const { kind, shape } = found[k];
      this.querySelector(`[data-product=${name}]`).textContent = `${MARKS[kind]} ${kind === "yes" ? shape : "no"}`;
      this.querySelector(`[value=${name}]`).checked = name === this.chosen.name;
    }
    this.draw(found[products.indexOf(this.chosen)]);
    this.querySelector(".calls").innerHTML = calls
      .map((call, k) => [call, found[products.length + k]])
      .map(([call, { kind, shape, words }]) => `<dt><code>${call}</code> <span>${MARKS[kind]} ${shape}</span></dt><dd>${words}</dd>`)
      .join("");
  }

  /** Set the selects of an operand, and hide those that its axes leave without meaning. */
  set(name, shape) {
    const [axes, rows, columns] = this.selects(name);
    axes.value = shape.length;
    for (const [k, select] of [rows, columns].entries()) {
      if (k < shape.length) select.value = shape[k] - 1;
      select.hidden = k >= shape.length;
    }
    columns.previousElementSibling.hidden = shape.length < 2;
    rows.ariaLabel = shape.length === 1 ? "entries" : "rows";
  }

  /** Draw the operands with the chosen product's result, or say why there is none. */
  draw({ kind, shape, words }) {
    const { name, sign, result, entry, needs, spelling } = this.chosen;
    const operands = [operand(this.data.A, this.A), operand(this.data.B, this.B)];
    const symbol = (math, words, variable) => ({ math, words, variable });
    const boxes = [
      matrix(symbol(this.data.names.A, "A", "H"), operands[0], { shape: this.A }),
      matrix(symbol(this.data.names.B, "B", "W"), operands[1], { shape: this.B }),
    ];
    const equation = this.querySelector(".equation");
    equation.replaceChildren(boxes[0], signed(sign, boxes[1]));
    const status = this.querySelector(".sum");
    if (kind === "no") {
      this.querySelector(".entry").textContent = needs;
      status.innerHTML = `<code>${words}</code>`;
      return;
    }
    const values = compute(name, ...operands);
    const point = (i, j) => {
      const met = meeting(name, i, j, ...operands);
      boxes.forEach((box, operand) => mark(box, met.filter(([k]) => k === operand).map(([, i, j]) => [i, j])));
      mark(product, [[i, j]]);
      const place = ["", `i = ${j + 1}: `, `i = ${i + 1}, j = ${j + 1}: `][numbers.length];
      status.textContent = place + sum(name, i, j, ...operands);
    };
    const numbers = shape.match(/\d+/g)?.map(Number) ?? [];
    const product = matrix(symbol(result, this.chosen.title, "Z"), values, { shape: numbers, point });
    equation.append(signed("=", product));
    this.querySelector(".entry").innerHTML = `${entry}, in NumPy <code>${spelling}</code>. Point at an entry of the result.`;
    point(0, 0);
  }
}

customElements.define("product-explorer", ProductExplorer);
