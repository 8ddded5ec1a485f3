// <depth-and-scale>: choose layers, size of the weights and activation; see how large H is on its way forward, and D on its way back.
// The drawing comes from the build, whose figure.py says what is computed; this script moves its curves.
import { data, element, keepRoom } from "./grids.js";
import { format } from "./numbers.js";
import { range } from "./products.js";

const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const sigmoidPrime = (z) => sigmoid(z) * sigmoid(-z);
const functions = {
  sigmoid: [sigmoid, sigmoidPrime],
  tanh: [Math.tanh, (z) => (1 - Math.tanh(z)) * (1 + Math.tanh(z))],
  relu: [(z) => Math.max(0, z), (z) => Number(z > 0)],
};

/** The root mean squares of H from the input to the last layer, and of D from layer 1 to the last. */
export function sizes(steps, activation, size, layers) {
  const nodes = range(16 * steps).map((i) => (i - 8 * steps + 0.5) / steps);
  const weights = nodes.map((z) => Math.exp(-z * z / 2) / (Math.sqrt(2 * Math.PI) * steps));
  const mean = (f, spread) => nodes.reduce((sum, z, i) => sum + weights[i] * f(spread * z) ** 2, 0);
  const [f, slope] = functions[activation];
  const [squares, slopes] = [[1], []];
  for (const layer of range(layers)) {
    const spread = size * Math.sqrt(squares[layer]);
    squares.push(mean(f, spread));
    slopes.push(mean(slope, spread));
  }
  const back = [slopes.pop()];
  for (const square of slopes.reverse()) back.push(back.at(-1) * size ** 2 * square);
  return { H: squares.map(Math.sqrt), D: back.reverse().map(Math.sqrt) };
}

/** Layers and sizes in the order in which they are computed: H forward, D backward. */
const ways = ({ H, D }) => ({ H: H.map((x, k) => [k, x]), D: D.map((x, k) => [k + 1, x]).reverse() });

/** The first layer whose number float32 cannot hold in full. */
const leaves = (way, [smallest, largest]) => way.find(([, x]) => x < smallest || x > largest);

/** In words: where both begin and end, and where they leave float32. */
export function said({ H, D }, limits) {
  const last = D.length;
  const text = `H goes from ${format(H[0])} at the input to ${format(H[last])} in layer ${last}. D goes from ${format(D[last - 1])} in layer ${last} back to ${format(D[0])} in layer 1.`;
  const lost = Object.entries(ways({ H, D })).map(([name, way]) => {
    const [layer, x] = leaves(way, limits) ?? [];
    if (!layer) return "";
    const [words, limit] = x < limits[0] ? ["falls below float32’s smallest normal number", limits[0]] : ["exceeds float32’s largest number", limits[1]];
    return ` ${name} ${words}, ${format(limit)}, in layer ${layer}.`;
  });
  return text + (lost.join("") || " Both fit into float32 in every layer.");
}

const hide = (part, hidden) => (hidden ? part.setAttribute("visibility", "hidden") : part.removeAttribute("visibility"));

const SCALES = [["Glorot: 1", 1], ["He: √2", Math.SQRT2], ["rng.normal: 10", 10], ["0.01 rng.normal: 0.1", 0.1]];

class DepthAndScale extends HTMLElement {
  connectedCallback() {
    if (this.settings) return;
    this.settings = data(this);
    const { start, layers, powers } = this.settings;
    this.size = start.size;
    const options = Object.keys(functions).map((name) => `<option${name === start.activation ? " selected" : ""}>${name}</option>`);
    const scales = SCALES.map(([words, size]) => `<button type="button" value="${size}">${words}</button>`);
    this.append(element(`<div class="hands-on depth-and-scale">
      <p class="controls"><label>f <select name="activation">${options.join("")}</select></label>
        <label>layers <input type="range" name="layers" min="${layers[0]}" max="${layers[1]}" value="${start.layers}"> <output name="layers-is"></output></label>
        <label>size of W <input type="range" name="power" min="${powers[0]}" max="${powers[1]}" step="0.02"> <output name="size-is"></output></label></p>
      <p class="scales" role="group" aria-label="size of W">${scales.join(" ")}</p>
      <div class="drawing"></div>
      <p class="said" role="status"></p></div>`));
    const figure = this.querySelector("figure.figure");
    this.querySelector(".drawing").append(figure.querySelector("svg"));
    figure.remove();
    const small = Array(layers[1]).fill(1.234e-45);
    keepRoom(this.querySelector(".said"), [said({ H: [1, ...small], D: small }, this.settings.limits)]);
    this.control = (name) => this.querySelector(`[name=${name}]`);
    this.control("power").addEventListener("input", ({ target }) => {
      this.size = 10 ** target.valueAsNumber;
    });
    this.querySelector(".controls").addEventListener("input", () => this.show());
    this.querySelector(".scales").addEventListener("click", ({ target }) => {
      if (!target.value) return;
      this.size = Number(target.value);
      this.show();
    });
    this.show();
  }

  show() {
    const layers = this.control("layers").valueAsNumber;
    const found = sizes(this.settings.steps, this.control("activation").value, this.size, layers);
    const size = String(Number(this.size.toPrecision(3)));
    this.control("layers-is").value = layers;
    this.control("size-is").value = size;
    this.control("power").value = Math.log10(this.size);
    this.control("power").setAttribute("aria-valuetext", size);
    for (const button of this.querySelectorAll(".scales button")) button.setAttribute("aria-pressed", Number(button.value) === this.size);
    this.draw(found);
    this.querySelector(".said").textContent = said(found, this.settings.limits);
  }

  draw(found) {
    const { axes, frame: [left, right, top, bottom], limits } = this.settings;
    const last = found.D.length;
    const largest = Math.max(...[...found.H, ...found.D].map((x) => Math.abs(Math.log10(x))));
    const end = axes.find((power) => largest <= power);
    const x = (layer) => (left + (right - left) * layer / last).toFixed(1);
    const y = (power) => ((top + bottom) / 2 - (bottom - top) / 2 * power / end).toFixed(1);
    const part = (name) => this.querySelector(`svg ${name}`);
    for (const [name, limit, edge] of [["below", limits[0], -end], ["above", limits[1], end]]) {
      const inside = Math.max(-end, Math.min(end, Math.log10(limit)));
      part(`[data-band=${name}]`).setAttribute("d", `M${left} ${y(inside)}H${right}V${y(edge)}H${left}Z`);
      hide(part(`[data-end=${name}]`), inside === edge);
    }
    this.querySelectorAll("svg .power tspan").forEach((power, k) => { power.textContent = format(end * (k - 2) / 2); });
    for (const [name, layer] of [["middle", Math.floor(last / 2)], ["last", last]]) {
      const label = part(`[data-layer=${name}]`);
      label.textContent = layer;
      label.setAttribute("x", x(layer));
    }
    for (const [name, way] of Object.entries(ways(found))) {
      const points = way.toSorted(([a], [b]) => a - b).map(([layer, value]) => `${x(layer)} ${y(Math.log10(value))}`);
      part(`[data-curve=${name}]`).setAttribute("d", `M${points.join("L")}`);
      const lost = leaves(way, limits);
      const [layer, value] = lost ?? [0, 1];
      const circle = part(`[data-lost=${name}]`);
      circle.setAttribute("cx", x(layer));
      circle.setAttribute("cy", y(Math.log10(value)));
      hide(circle, !lost);
    }
  }
}

customElements.define("depth-and-scale", DepthAndScale);
