// A matrix on the page, drawn like those of mathnet/figures/drawing.py: name above, shape below, a colour per variable.
import { format, parse, refusal, takes } from "./numbers.js";
import { shapeText } from "./products.js";

/** An element made from HTML that holds one. */
export function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

/** The JSON that the build wrote into an element. */
export const data = (host) => JSON.parse(host.querySelector("script[type='application/json']").textContent);

/**
 * A matrix as a table.
 * symbol: {math: MathML, words: its name in words, variable: whose colour, cotangent: whether dashed}.
 * point(i, j): the matrix is a grid whose entries can be pointed at, and says which one is.
 * change(i, j, x): the entries are inputs, and each new number is told.
 */
export function matrix(symbol, values, { shape = [values.length, values[0].length], point, change } = {}) {
  const size = shapeText(shape);
  const box = element(`<div class="matrix var-${symbol.variable}${symbol.cotangent ? " cotangent" : ""}">
    <span class="name">${symbol.math}</span><table class="grid" aria-label="${symbol.words}, ${size}"></table>
    <span class="shape">${size}</span></div>`);
  const table = box.querySelector("table");
  for (const row of values) {
    const line = table.insertRow();
    for (const x of row) line.insertCell().textContent = format(x);
  }
  if (point) pointable(table, point);
  if (change) editable(table, symbol, values, change);
  return box;
}

/** A matrix after a sign, which stay together where the line breaks. */
export function signed(sign, box) {
  const span = element(`<span class="signed"><span>${sign}</span></span>`);
  span.append(box);
  return span;
}

/** Mark the entries [row, column] of a matrix, and no others. */
export function mark(box, entries) {
  for (const cell of box.querySelectorAll("td")) cell.classList.remove("chosen");
  for (const [i, j] of entries) box.querySelector("table").rows[i].cells[j].classList.add("chosen");
}

// One entry is in the order of the Tab key, the arrows go from there to the others.
function pointable(table, point) {
  const place = (cell) => [cell.parentElement.rowIndex, cell.cellIndex];
  const choose = (cell) => {
    for (const other of table.querySelectorAll("td")) other.tabIndex = other === cell ? 0 : -1;
    point(...place(cell));
  };
  table.setAttribute("role", "grid");
  for (const cell of table.querySelectorAll("td")) cell.tabIndex = -1;
  table.rows[0].cells[0].tabIndex = 0;
  for (const event of ["pointerover", "click", "focusin"]) {
    table.addEventListener(event, ({ target }) => target.closest("td") && choose(target.closest("td")));
  }
  table.addEventListener("keydown", (event) => {
    const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [];
    if (down === undefined) return;
    event.preventDefault();
    const [i, j] = place(event.target);
    table.rows[i + down]?.cells[j + right]?.focus();
  });
}

// What is not a number that a field takes is not told; the field's validationMessage says so.
function editable(table, symbol, values, change) {
  for (const cell of table.querySelectorAll("td")) {
    const [i, j] = [cell.parentElement.rowIndex, cell.cellIndex];
    const name = `${symbol.words}, row ${i + 1}, column ${j + 1}`;
    const input = element(`<input autocomplete="off" autocapitalize="off" spellcheck="false" aria-label="${name}">`);
    input.value = format(values[i][j]);
    input.addEventListener("input", () => {
      const x = parse(input.value);
      input.setCustomValidity(takes(x) ? "" : refusal(name, input.value, values[i][j]));
      input.setAttribute("aria-invalid", !takes(x));
      if (takes(x)) change(i, j, x);
    });
    cell.replaceChildren(input);
  }
}

/** Texts of which `show` chooses one. The others keep their room, so that nothing below moves. */
export const versions = (name, texts) =>
  `<div class="versions">${texts.map((text) => `<div class="${name}">${text}</div>`).join("")}</div>`;

/** Let a line of text keep the room of the longest of these. */
export function keepRoom(line, texts) {
  line.dataset.longest = texts.reduce((longest, text) => (text.length > longest.length ? text : longest));
}
