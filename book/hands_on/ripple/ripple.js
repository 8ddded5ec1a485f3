// <network-ripple>: nudge one number of a small network, and watch the change run through to the loss, along every path.
// The drawing and the starting numbers come from the build; this script moves the numbers and lights the edges.
import { data, element, mark, matrix } from "./grids.js";
import { format } from "./numbers.js";
import { compute, range } from "./products.js";

const next = { X: "H", H: "Y", Y: "J" };
const count = (k) => k + 1;

/** The matrix that a start such as "W1-2-3" names, and row and column of the entry in it. */
export function place(start) {
  const [name, ...counts] = start.split("-");
  const [row, column] = counts.length > 1 ? counts : [1, counts[0]];
  return [name, Number(row) - 1, Number(column) - 1];
}

/** All values of the network after the number called start has been moved by the nudge. */
export function forward(inputs, start, nudge = 0) {
  const values = structuredClone(inputs);
  const [name, i, j] = place(start);
  if (values[name]) values[name][i][j] += nudge;
  values.Z1 = compute("affine", values.X, values.W1, values.B1);
  values.H = compute("sigmoid", values.Z1);
  if (name === "H") values.H[i][j] += nudge;
  values.Z2 = compute("affine", values.H, values.W2, values.B2);
  values.Y = compute("sigmoid", values.Z2);
  const error = compute("subtract", values.Y, values.T);
  return { ...values, J: compute("half_dot", error, error) };
}

/** Every path from a number to the loss: the units it goes through, the slope of every step, and their product. */
export function paths(inputs, start) {
  const { X, W1, H, W2, Y, T, Z1, Z2 } = forward(inputs, start);
  const [slope1] = compute("sigmoid_prime", Z1);
  const [slope2] = compute("sigmoid_prime", Z2);
  const [name, i, j] = place(start);
  const first = {
    X: () => range(H[0].length).map((k) => ["H", k, W1[j][k] * slope1[k]]),
    W1: () => [["H", j, X[0][i] * slope1[j]]],
    B1: () => [["H", j, slope1[j]]],
    H: () => range(Y[0].length).map((k) => ["Y", k, W2[j][k] * slope2[k]]),
    W2: () => [["Y", j, H[0][i] * slope2[j]]],
    B2: () => [["Y", j, slope2[j]]],
  }[name]();
  const onwards = (layer, unit) =>
    layer === "Y"
      ? [{ units: [`Y-${count(unit)}`, "J-1"], slopes: [Y[0][unit] - T[0][unit]] }]
      : range(Y[0].length).flatMap((k) =>
          onwards("Y", k).map(({ units, slopes }) => ({
            units: [`H-${count(unit)}`, ...units],
            slopes: [W2[unit][k] * slope2[k], ...slopes],
          })),
        );
  return first.flatMap(([layer, unit, slope]) =>
    onwards(layer, unit).map(({ units, slopes }) => {
      const all = [slope, ...slopes];
      return { units: name in next ? [start, ...units] : units, slopes: all, share: all.reduce((a, b) => a * b) };
    }),
  );
}

/** The derivative of J with respect to every entry of a matrix. */
export const gradient = (inputs, name) =>
  forward(inputs, "X-1")[name].map((row, i, { length }) =>
    row.map((_, j) => total(paths(inputs, length > 1 ? `${name}-${count(i)}-${count(j)}` : `${name}-${count(j)}`))),
  );
const total = (ways) => ways.reduce((sum, { share }) => sum + share, 0);

const low = (text) => text.replace(/[0-9]/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
const short = (unit) => (unit === "J-1" ? "J" : low(unit.replace("-", "")));
const factor = (x) => (x < 0 ? `(${format(x)})` : format(x));

class NetworkRipple extends HTMLElement {
  connectedCallback() {
    if (this.inputs) return;
    const { inputs, starts, start, symbols } = data(this);
    this.inputs = inputs;
    this.symbols = symbols;
    const options = Object.entries(starts).map(([name, words]) => `<option value="${name}">${words}</option>`);
    this.append(element(`<div class="hands-on ripple">
      <p class="controls"><label>Nudge <select name="start">${options.join("")}</select></label>
        <label>by <input type="range" name="nudge" min="-1" max="1" step="0.05" value="0.1"></label>
        <output name="by"></output> <button type="button" name="send">Watch it run</button></p>
      <div class="sides"><div class="drawing"></div><div class="gradient"></div></div>
      <p class="moved" role="status"></p>
      <div class="shares-room"><table class="shares"><thead><tr><th scope="col">way</th><th scope="col">slopes along it</th><th scope="col">share</th></tr></thead>
        <tbody></tbody><tfoot></tfoot></table></div></div>`));
    const figure = this.querySelector("figure.figure");
    this.querySelector(".drawing").append(figure.querySelector("svg"));
    figure.remove();
    this.control = (name) => this.querySelector(`[name=${name}]`);
    this.control("start").value = start;
    this.addEventListener("input", () => {
      this.keepHeight();
      this.show();
    });
    this.control("send").addEventListener("click", () => this.run());
    this.addEventListener("click", ({ target }) => {
      const number = target.closest("[data-number]");
      if (!number) return;
      this.control("start").value = number.dataset.number;
      this.keepHeight();
      this.run();
    });
    this.show();
  }

  /** Once somebody chooses, there is room for the most paths that a number has, so that nothing below moves from choice to choice. */
  keepHeight() {
    this.querySelector(".ripple").classList.add("in-use");
  }

  show() {
    const start = this.control("start").value;
    const nudge = this.control("nudge").valueAsNumber;
    const before = forward(this.inputs, start);
    const after = forward(this.inputs, start, nudge);
    const ways = paths(this.inputs, start);
    const slope = total(ways);
    this.control("by").value = signed(nudge);
    for (const unit of this.querySelectorAll("[data-unit]")) {
      const [layer, k] = unit.dataset.unit.split("-");
      const change = after[layer][0][k - 1] - before[layer][0][k - 1];
      unit.querySelector(".value").textContent = three(after[layer][0][k - 1]);
      unit.querySelector(".change").textContent = Math.abs(change) < 5e-5 ? "" : signed(change);
      unit.classList.toggle("chosen", unit.dataset.unit === start);
    }
    const lit = new Set(ways.flatMap(({ units }) => units.slice(1).map((unit, k) => `${units[k]} ${unit}`)));
    for (const edge of this.querySelectorAll("path.edge")) {
      edge.classList.toggle("chosen", edge.dataset.number === start);
      edge.classList.toggle("lit", lit.has(edge.dataset.edge) || edge.dataset.number === start);
    }
    const [name, i, j] = place(start);
    if (this.drawn !== name) {
      this.drawn = name;
      const values = gradient(this.inputs, name);
      const entry = (row, column) => [name, ...(values.length > 1 ? [count(row)] : []), count(column)].join("-");
      const point = (row, column) => {
        this.control("start").value = entry(row, column);
        this.show();
      };
      this.querySelector(".gradient").replaceChildren(matrix(this.symbols[name], values, { point }));
    }
    mark(this.querySelector(".gradient"), [[i, j]]);
    const line = (path, slopes, share) => `<tr><td>${path}</td><td>${slopes}</td><td>${share}</td></tr>`;
    this.querySelector(".shares tbody").innerHTML = ways
      .map(({ units, slopes, share }) => line(units.map(short).join(" → "), slopes.map(factor).join(" · "), format(share)))
      .join("");
    const sum = ways.length > 1 ? `${ways.length} ways, so ${ways.length} shares, added` : "one way, so nothing to add";
    this.querySelector(".shares tfoot").innerHTML =
      `<tr><th scope="row" colspan="2">${sum}: the derivative of J</th><td>${format(slope)}</td></tr>`;
    this.querySelector(".moved").textContent =
      `Derivative times nudge: ${format(slope)} · ${factor(nudge)} = ${format(slope * nudge)}. ` +
      `What J really does: ${format(before.J[0][0])} becomes ${format(after.J[0][0])}, a change of ${format(after.J[0][0] - before.J[0][0])}.`;
  }

  /** Let the change run from layer to layer. */
  run() {
    this.show();
    const box = this.querySelector(".ripple");
    box.classList.remove("running");
    void box.offsetWidth; // so that it begins anew
    box.classList.add("running");
  }
}

const three = (x) => format(Number(x.toPrecision(3)));
const signed = (x) => (x > 0 ? "+" : "") + format(Number(x.toPrecision(2)));

customElements.define("network-ripple", NetworkRipple);
