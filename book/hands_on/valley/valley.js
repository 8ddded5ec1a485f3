// <narrow-valley>: choose an optimiser, its learning rate and its memory; see its path over two weights.
// The drawing comes from the build, whose figure.py takes the steps of mathnet.optimisers; this script takes the same.
import { data, element, keepRoom } from "./grids.js";
import { format } from "./numbers.js";

/** How far a weight moves in step t, for its gradient g; what the optimiser remembers of the weight lies in `state`. */
const moves = {
  plain: (g, rate) => rate * g,
  momentum: (g, rate, memory, state) => {
    state.v = memory * state.v + g;
    return rate * state.v;
  },
  Nesterov: (g, rate, memory, state) => {
    state.v = memory * state.v + g;
    return rate * (g + memory * state.v);
  },
  Adam: (g, rate, memory, state, t) => {
    state.m = memory * state.m + (1 - memory) * g;
    state.s = 0.999 * state.s + (1 - 0.999) * g * g;
    return rate * state.m / (1 - memory ** t) / (Math.sqrt(state.s / (1 - 0.999 ** t)) + 1e-8);
  },
};

/** The points p, q from the start to the last step. */
export function walk({ curvatures, from, steps }, optimiser, rate, memory) {
  const states = curvatures.map(() => ({ v: 0, m: 0, s: 0 }));
  const points = [from];
  for (let t = 1; t <= steps; t += 1) {
    points.push(points.at(-1).map((w, i) => w - moves[optimiser](curvatures[i] * w, rate, memory, states[i], t)));
  }
  return points;
}

/** In words: where J ends, and since when it is small. */
export function said({ curvatures: [a, b], steps }, points) {
  const J = points.map(([p, q]) => 0.5 * (a * p * p + b * q * q));
  const end = J.at(-1);
  const text = `J begins at ${format(J[0])}. After ${steps} steps it is ${format(end)}`;
  if (end > J[0]) return `${text}: the steps are too long.`;
  if (end > J[0] / 1000) return `${text}, more than a thousandth of that.`;
  const last = J.findLastIndex((its) => its > J[0] / 1000);
  return `${text}; from step ${last + 1} on it stays below a thousandth.`;
}

/** The points up to the first outside of the picture; in its place the one where the path leaves it. */
export function inside(points, edges) {
  const found = [];
  let before = points[0];
  for (const point of points) {
    const out = point.flatMap((x, i) => (Math.abs(x) > edges[i] ? [(Math.sign(x) * edges[i] - before[i]) / (x - before[i])] : []));
    if (out.length > 0) {
      const share = Math.min(...out);
      found.push(before.map((x, i) => x + share * (point[i] - x)));
      break;
    }
    found.push(point);
    before = point;
  }
  return found;
}

class NarrowValley extends HTMLElement {
  connectedCallback() {
    if (this.settings) return;
    this.settings = data(this);
    const { start, presets, powers, most } = this.settings;
    [, this.optimiser, this.rate, this.memory] = start;
    const options = Object.keys(moves).map((name) => `<option>${name}</option>`);
    const buttons = presets.map(([words], i) => `<button type="button" value="${i}">${words}</button>`);
    this.append(element(`<div class="hands-on narrow-valley">
      <p class="controls"><label>optimiser <select name="optimiser">${options.join("")}</select></label>
        <label>learning rate <input type="range" name="power" min="${powers[0]}" max="${powers[1]}" step="0.01"> <output name="rate-is"></output></label>
        <label>memory (μ, β₁) <input type="range" name="memory" min="0" max="${most}" step="0.01"> <output name="memory-is"></output></label></p>
      <p class="presets" role="group" aria-label="examples">${buttons.join(" ")}</p>
      <div class="drawing"></div>
      <p class="said" role="status"></p></div>`));
    const figure = this.querySelector("figure.figure");
    this.querySelector(".drawing").append(figure.querySelector("svg"));
    figure.remove();
    keepRoom(this.querySelector(".said"), [`J begins at 62.5. After 100 steps it is ${format(-1.234e-45)}; from step 100 on it stays below a thousandth.`]);
    this.control = (name) => this.querySelector(`[name=${name}]`);
    this.control("optimiser").addEventListener("input", ({ target }) => this.choose(target.value, this.rate, this.memory));
    this.control("power").addEventListener("input", ({ target }) => this.choose(this.optimiser, 10 ** target.valueAsNumber, this.memory));
    this.control("memory").addEventListener("input", ({ target }) => this.choose(this.optimiser, this.rate, target.valueAsNumber));
    this.querySelector(".presets").addEventListener("click", ({ target }) => {
      if (target.value) this.choose(...presets[target.value].slice(1));
    });
    this.choose(this.optimiser, this.rate, this.memory);
  }

  choose(optimiser, rate, memory) {
    Object.assign(this, { optimiser, rate, memory });
    const short = (x) => String(Number(x.toPrecision(3)));
    this.control("optimiser").value = optimiser;
    this.control("power").value = Math.log10(rate);
    this.control("power").setAttribute("aria-valuetext", short(rate));
    this.control("rate-is").value = short(rate);
    this.control("memory").value = memory;
    this.control("memory").disabled = optimiser === "plain";
    this.control("memory-is").value = optimiser === "plain" ? "–" : short(memory);
    for (const button of this.querySelectorAll(".presets button")) {
      const [, name, its, kept] = this.settings.presets[button.value];
      button.setAttribute("aria-pressed", name === optimiser && its === rate && (name === "plain" || kept === memory));
    }
    const points = walk(this.settings, optimiser, rate, memory);
    const { middle: [x, y], units: [right, up], edges } = this.settings;
    const path = inside(points, edges).map(([p, q]) => `${(x + right * p).toFixed(1)} ${(y - up * q).toFixed(1)}`);
    this.querySelector("svg .walk").setAttribute("d", `M${path.join("L")}`);
    this.querySelector(".said").textContent = said(this.settings, points);
  }
}

customElements.define("narrow-valley", NarrowValley);
