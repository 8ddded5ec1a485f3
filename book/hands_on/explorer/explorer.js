// <product-explorer>: choose two shapes, transpose, type numbers; see which of the four products exist and what NumPy makes of the operands.
// What exists, every shape, message and meaning was found at build by running mathnet and NumPy.
import { data, element, mark, matrix, signed } from "./grids.js";
import { compute, meeting, sum } from "./products.js";

const MARKS = { yes: "✓", no: "✗", trap: "⚠" };
const written = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;

/** The shape that `.T` makes: fewer than two axes stay as they are. */
export const turned = (shape, transposed) => (transposed ? shape.toReversed() : shape);

/** The first of some numbers, in a shape, perhaps transposed. Entries of an array with no or one axis are drawn as a row. */
export function operand(numbers, shape, transposed) {
  const rows = numbers.slice(0, shape.at(-2) ?? 1).map((row) => row.slice(0, shape.at(-1) ?? 1));
  return transposed && shape.length === 2 ? rows[0].map((_, j) => rows.map((row) => row[j])) : rows;
}

/** What the build found for two shapes, first by the products, then by NumPy's calls: {kind, shape, words}. */
export function outcomes({ shapes, texts, outcomes }, A, B, [a, b] = ["A", "B"]) {
  const place = (shape) => shapes.findIndex((other) => String(other) === String(shape) && other.length === shape.length);
  return outcomes[place(A) * shapes.length + place(B)].map((k) => {
    const [kind, shape, words] = texts[k];
    const sizes = [A, B].map((shape) => (words.startsWith("ValueError") ? written(shape).replace(" ", "") : written(shape)));
    const said = { "{A}": sizes[0], "{B}": sizes[1], "{a}": a, "{b}": b };
    return { kind, shape, words: words.replace(/\{[ABab]\}/g, (name) => said[name]) };
  });
}

class ProductExplorer extends HTMLElement {
  connectedCallback() {
    if (this.data) return;
    this.data = data(this);
    const options = (labels) => labels.map((label, k) => `<option value="${k}">${label}</option>`).join("");
    const select = (role, labels) => `<select name="${role}" aria-label="${role}">${options(labels)}</select>`;
    const sizes = [1, 2, 3, 4];
    const chooser = (name) => `<fieldset data-operand="${name}"><legend>${this.data.names[name][0]}</legend>
      ${select("axes", ["no axis", "1 axis", "2 axes"])} ${select("rows", sizes)} <span>×</span> ${select("columns", sizes)}
      <label><input type="checkbox" name="transpose"> <code>.T</code></label></fieldset>`;
    const example = ([A, B, ...transposed]) => [A, B].map((shape, k) => written(shape) + (transposed[k] ? ".T" : "")).join(" and ");
    const product = ({ name, title }) =>
      `<label><input type="radio" name="product" value="${name}"> ${title} <span data-product="${name}"></span></label>`;
    this.replaceChildren(element(`<div class="hands-on explorer">
      <div class="operands">${chooser("A")}${chooser("B")}</div>
      <p class="examples">Try ${this.data.examples.map((pair) => `<button type="button">${example(pair)}</button>`).join(" ")}</p>
      <fieldset class="products"><legend>Which product?</legend>${this.data.products.map(product).join("")}</fieldset>
      <div class="equation"></div>
      <p class="entry"></p>
      <p class="sum" role="status"></p>
      <p>NumPy, with the same operands:</p>
      <dl class="calls"></dl></div>`));
    for (const [k, example] of this.data.examples.entries()) {
      this.querySelectorAll(".examples button")[k].addEventListener("click", () => this.begin(example));
    }
    this.querySelector(".operands").addEventListener("change", () => this.show());
    this.querySelector(".products").addEventListener("change", () => this.show());
    this.begin(this.data.examples[0]);
  }

  controls(name) {
    return [...this.querySelectorAll(`[data-operand=${name}] :is(select, input)`)];
  }

  /** An operand as it is chosen: {shape, transposed, numbers}. */
  chosen(name) {
    const [axes, rows, columns, transpose] = this.controls(name);
    const shape = [Number(rows.value) + 1, Number(columns.value) + 1].slice(0, Number(axes.value));
    return { shape, transposed: transpose.checked, numbers: this.numbers[name] };
  }

  /** Begin an example with the numbers of the page, and choose the first product that exists. */
  begin([A, B, ...transposed]) {
    const { products } = this.data;
    this.numbers = structuredClone({ A: this.data.A, B: this.data.B });
    for (const [k, [name, shape]] of Object.entries({ A, B }).entries()) {
      const [axes, rows, columns, transpose] = this.controls(name);
      axes.value = shape.length;
      if (shape.length) rows.value = shape[0] - 1;
      if (shape.length === 2) columns.value = shape[1] - 1;
      transpose.checked = transposed[k];
    }
    const found = outcomes(this.data, turned(A, transposed[0]), turned(B, transposed[1]));
    const first = Math.max(products.findIndex((_, k) => found[k].kind === "yes"), 0);
    this.querySelector(`[value=${products[first].name}]`).checked = true;
    this.show();
  }

  /** Show what is chosen: which products exist, one of them in numbers, and what NumPy's calls do. */
  show() {
    const { products, calls } = this.data;
    const operands = ["A", "B"].map((name) => this.chosen(name));
    for (const [k, name] of ["A", "B"].entries()) this.fit(name, operands[k].shape);
    const codes = operands.map(({ transposed }, k) => "AB"[k] + (transposed ? ".T" : ""));
    const shapes = operands.map(({ shape, transposed }) => turned(shape, transposed));
    const found = outcomes(this.data, ...shapes, codes);
    const spelled = (call) => call.replace(/\b[AB]\b/g, (name) => codes["AB".indexOf(name)]);
    for (const [k, { name }] of products.entries()) {
      const { kind, shape } = found[k];
      this.querySelector(`[data-product=${name}]`).textContent = `${MARKS[kind]} ${kind === "yes" ? shape : "no"}`;
    }
    const chosen = this.querySelector("[name=product]:checked").value;
    const k = products.findIndex(({ name }) => name === chosen);
    this.draw(products[k], found[k], operands, shapes, codes, spelled);
    this.querySelector(".calls").innerHTML = calls
      .map((call, k) => [spelled(call), found[products.length + k]])
      .map(([call, { kind, shape, words }]) => `<dt><code>${call}</code> <span>${MARKS[kind]} ${shape}</span></dt><dd>${words}</dd>`)
      .join("");
  }

  /** Hide the controls of an operand that its axes leave without meaning. */
  fit(name, shape) {
    const [, rows, columns] = this.controls(name);
    rows.hidden = shape.length < 1;
    for (const part of [columns.previousElementSibling, columns]) part.hidden = shape.length < 2;
    rows.ariaLabel = shape.length === 1 ? "entries" : "rows";
  }

  /** Draw the operands, whose numbers can be typed, with the product's result, or say why there is none. */
  draw({ name, sign, formulas, title, needs, spelling }, { kind, words }, operands, shapes, codes, spelled) {
    const values = operands.map(({ numbers, shape, transposed }) => operand(numbers, shape, transposed));
    const swapped = operands.map(({ shape, transposed }) => transposed && shape.length === 2);
    const boxes = operands.map(({ numbers, transposed }, k) => {
      const symbol = { math: this.data.names["AB"[k]][Number(transposed)], words: codes[k], variable: "HW"[k] };
      const change = (i, j, x) => {
        values[k][i][j] = x;
        swapped[k] ? (numbers[j][i] = x) : (numbers[i][j] = x);
        show();
      };
      return matrix(symbol, values[k], { shape: shapes[k], change });
    });
    const equation = this.querySelector(".equation");
    equation.replaceChildren(boxes[0], signed(sign, boxes[1]));
    const entry = this.querySelector(".entry");
    const status = this.querySelector(".sum");
    // what was typed and is no number is said in place of the sum, until it is one
    const say = (html) => {
      const wrong = [...equation.querySelectorAll("input")].find((input) => !input.validity.valid);
      wrong ? (status.textContent = wrong.validationMessage) : (status.innerHTML = html);
    };
    let show = () => say(`<code>${words}</code>`);
    entry.textContent = needs;
    if (kind !== "no") {
      const [result, formula] = formulas[Number(swapped[0])][Number(swapped[1])];
      entry.innerHTML = `${formula}, in NumPy <code>${spelled(spelling)}</code>`;
      let at = [0, 0];
      let product;
      const axes = outcomeAxes(name, shapes);
      const point = (i, j) => {
        at = [i, j];
        const met = meeting(name, i, j, ...values);
        boxes.forEach((box, operand) => mark(box, met.filter(([k]) => k === operand).map(([, i, j]) => [i, j])));
        mark(product, [at]);
        const place = ["", `i = ${j + 1}: `, `i = ${i + 1}, j = ${j + 1}: `][axes];
        say(place + sum(name, i, j, ...values));
      };
      show = () => {
        const made = compute(name, ...values);
        const size = [[], [made[0].length], [made.length, made[0].length]][axes];
        const box = matrix({ math: result, words: `${title} product`, variable: "Z" }, made, { shape: size, point });
        product ? product.replaceWith(box) : equation.append(signed("=", box));
        product = box;
        point(...at);
      };
    }
    equation.oninput = () => show();
    show();
  }
}

/** How many axes a product has. */
const outcomeAxes = (name, [A]) => ({ matmul: 2, outer: 2, dot: 0, hadamard: A.length })[name];

customElements.define("product-explorer", ProductExplorer);
