// <backprop-stepper>: forward and backward through the network of the question, one operation at a time, and an update.
// The steps, their formulas, the graph and the starting numbers come from the build; a changed number is carried through all steps.
import { data, element, keepRoom, mark, matrix, signed, versions } from "./grids.js";
import { format, LONGEST_REFUSAL, NUMBERS } from "./numbers.js";
import { compute, meeting, range, sum } from "./products.js";

const PAUSE = 1800; // between two steps, in milliseconds
const KEPT = 60; // of the values that J has had

/** Every value by its name: the inputs, what the steps make, and the operands that no step makes. */
export function run({ steps, derived }, inputs) {
  const values = { ...inputs };
  for (const { result, operation, operands } of steps) {
    for (const name of operands) {
      const [made, from] = derived[name] ?? [];
      if (made) values[name] = compute(made, values[from]);
    }
    values[result] = compute(operation, ...operands.map((name) => values[name]));
  }
  return values;
}

/** The inputs after an update: each parameter is what its last step has made of it. */
export const updated = (inputs, values) =>
  Object.fromEntries(Object.entries(inputs).map(([name, M]) => [name, structuredClone(values[`${name}_new`] ?? M)]));

/** A number as a fraction of at most 1024ths, such as "−9/64"; nothing if it is none, or an integer. */
export function fraction(x) {
  let [over, under] = [Math.round(1024 * x), 1024];
  if (over % under === 0 || Math.abs(1024 * x - over) > 1e-9) return "";
  for (; over % 2 === 0; under /= 2) over /= 2;
  return `${format(over)}/${under}`;
}

class BackpropStepper extends HTMLElement {
  connectedCallback() {
    if (this.data) return;
    this.data = data(this);
    const { steps, symbols, graph } = this.data;
    const chip = (step, k) => `<button type="button" data-step="${k}" aria-label="${step.code}">${symbols[step.result].math}</button>`;
    const chips = (pass) => `<p class="pass"><span>${pass}</span> ${steps.map(chip).filter((_, k) => steps[k].pass === pass).join(" ")}</p>`;
    const button = (name, text) => `<button type="button" name="${name}">${text}</button>`;
    this.titles = steps.map((step, k) => `Step ${k + 1} of ${steps.length}, ${step.pass}: ${step.product}`);
    this.replaceChildren(element(`<div class="hands-on stepper">
      <p class="title" aria-live="polite"></p>
      <p class="moves">${button("back", "← Back")} ${button("next", "Next →")} ${button("play", "Play")} ${button("update", "Update all")} ${button("reset", "Reset")}</p>
      ${versions("formula", steps.map(({ formula, code }) => `${formula} <code>${code}</code>`))}
      <div class="sides"><div class="graph">${graph}</div><div class="versions equations"></div></div>
      ${versions("entry", steps.map(({ entry }) => `Entry by entry: ${entry}`))}
      <p class="sum" role="status"></p>
      <div class="fall"><svg viewBox="0 0 120 44" aria-hidden="true"><path class="axis" d="M4 2V40H118"/><path class="curve"/><circle r="3"/></svg>
        <p class="history" role="status"></p></div>
      ${versions("words", steps.map(({ words }) => words))}
      <div role="group" aria-label="Steps">${[...new Set(steps.map(({ pass }) => pass))].map(chips).join("")}</div>
      <fieldset><legend>Change the inputs, the parameters, the target or the learning rate η</legend>
        <div class="inputs"></div><p class="taken" role="status"></p></fieldset></div>`));
    keepRoom(this.querySelector(".title"), this.titles);
    keepRoom(this.querySelector(".taken"), [LONGEST_REFUSAL.replace("W1", "rate")]);
    keepRoom(this.querySelector(".history"), [told([0.001234, 0.001235])]);
    this.querySelector(".inputs").addEventListener("input", ({ target }) => this.refuse(target));
    this.addEventListener("click", ({ target }) => this.press(target.closest("button")));
    this.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!move || !event.target.matches("button")) return;
      event.preventDefault();
      this.go(move);
      if (event.target.dataset.step) this.querySelector("[aria-current=step]").focus();
    });
    this.reset();
  }

  disconnectedCallback() {
    this.play(false);
  }

  press(button) {
    if (!button) return;
    if (button.name === "play") return this.play(!this.timer);
    this.play(false);
    if (button.name === "back") this.go(-1);
    if (button.name === "next") this.go(1);
    if (button.name === "update") this.update();
    if (button.name === "reset") this.reset();
    if (button.dataset.step) this.show(Number(button.dataset.step));
  }

  /** Go one step on or back; after the last step begins the first, with the updated parameters. */
  go(move) {
    if (this.step + move < this.titles.length) return this.show(this.step + move);
    this.update();
    this.show(0);
  }

  /** Go on by itself, or stop. */
  play(on) {
    clearInterval(this.timer);
    this.timer = on ? setInterval(() => this.go(1), PAUSE) : undefined;
    this.querySelector("[name=play]").textContent = on ? "Pause" : "Play";
  }

  /** Go back to the first step and to the numbers of the page. */
  reset() {
    this.take(structuredClone(this.data.inputs));
    this.history = [this.values.J[0][0]];
    this.show(0);
  }

  /** Replace the parameters by the updated ones. */
  update() {
    this.take(updated(this.inputs, this.values));
    this.history = [...this.history, this.values.J[0][0]].slice(-KEPT);
    this.show(this.step);
  }

  /** Take these inputs: into the fields, and through all steps. */
  take(inputs) {
    this.inputs = inputs;
    const boxes = Object.entries(inputs).map(([name, values]) =>
      matrix(this.data.symbols[name], values, {
        change: (i, j, x) => {
          values[i][j] = x;
          this.run();
          this.history = [this.values.J[0][0]]; // another problem
          this.show(this.step);
        },
      }),
    );
    this.querySelector(".inputs").replaceChildren(...boxes);
    this.refuse();
    this.run();
  }

  /** Say which number is not taken: what was just typed, or else what still stands in another field. */
  refuse(...typed) {
    const wrong = [...typed, ...this.querySelectorAll(".inputs input")].find((input) => !input.validity.valid);
    this.querySelector(".taken").textContent = wrong?.validationMessage ?? `Each is ${NUMBERS}.`;
  }

  /** Compute every value from the inputs, and draw every step. */
  run() {
    this.values = run(this.data, this.inputs);
    const drawn = this.data.steps.map((step) => this.draw(step));
    this.querySelector(".equations").replaceChildren(...drawn.map(({ equation }) => equation));
    keepRoom(this.querySelector(".sum"), drawn.flatMap(({ sums }) => sums.flat()));
    this.points = drawn.map(({ point }) => point);
    for (const [layer, size] of Object.entries(this.data.layers)) {
      for (const k of range(size)) this.unit(`${layer}-${k}`).querySelector("text").textContent = three(this.values[layer][0][k]);
    }
  }

  /** What has this place in the graph, a unit or an edge. */
  unit = (place) => this.querySelector(`.graph [data-place="${place}"]`);

  /** Where an entry of a matrix is in the graph. */
  place(name, i, j) {
    const layers = this.data.places[name];
    if (!layers) return "";
    if (layers === "YH") return `HY-${j}-${i}`; // a transpose
    return layers.length === 2 ? `${layers}-${i}-${j}` : `${layers}-${i + j}`; // a row or a column
  }

  /** Light in the graph all that a step uses, and most of all the entries [name, row, column]. */
  light(names, entries) {
    const all = names.flatMap((name) => this.values[name].flatMap((row, i) => row.map((_, j) => this.place(name, i, j))));
    const these = entries.map((entry) => this.place(...entry));
    if (names.includes("J")) these.push(...range(this.data.layers.Y).map((k) => `YJ-${k}-0`));
    for (const part of this.querySelectorAll(".graph [data-place]")) {
      part.classList.toggle("used", all.includes(part.dataset.place));
      part.classList.toggle("lit", these.includes(part.dataset.place));
    }
  }

  /** The matrices of a step, the sum of each entry of its result, and the function that points at an entry. */
  draw({ operation, operands, result, signs, indices }) {
    const { symbols } = this.data;
    const values = operands.map((name) => this.values[name]);
    const place = (i, j) => ({ kl: `k = ${i + 1}, l = ${j + 1}: `, k: `k = ${j + 1}: `, l: `l = ${j + 1}: ` })[indices] ?? "";
    const exact = (x) => (fraction(x) ? ` = ${fraction(x)}` : "");
    const sums = this.values[result].map((row, i) => row.map((x, j) => place(i, j) + sum(operation, i, j, ...values) + exact(x)));
    const boxes = operands.map((name, k) => matrix(symbols[name], values[k]));
    const point = (i, j) => {
      const met = meeting(operation, i, j, ...values);
      boxes.forEach((box, k) => mark(box, met.filter(([operand]) => operand === k).map(([, row, column]) => [row, column])));
      mark(made, [[i, j]]);
      this.light([...operands, result], [...met.map(([operand, ...entry]) => [operands[operand], ...entry]), [result, i, j]]);
      this.querySelector(".sum").textContent = sums[i][j];
    };
    const made = matrix(symbols[result], this.values[result], { point });
    const equation = element('<div class="equation"></div>');
    equation.append(...[...boxes, made].map((box, k) => signed(signs[k], box)));
    return { equation, sums, point };
  }

  /** Show a step, if there is one of that number. */
  show(k) {
    if (!this.titles[k]) return;
    this.step = k;
    for (const chip of this.querySelectorAll("[data-step]")) {
      const current = Number(chip.dataset.step) === k;
      chip.tabIndex = current ? 0 : -1;
      current ? chip.setAttribute("aria-current", "step") : chip.removeAttribute("aria-current");
    }
    for (const { children } of this.querySelectorAll(".versions")) {
      for (const [other, version] of [...children].entries()) version.classList.toggle("shown", other === k);
    }
    this.querySelector(".title").textContent = this.titles[k];
    this.querySelector("[name=back]").setAttribute("aria-disabled", k === 0);
    this.querySelector("[name=next]").textContent = k === this.titles.length - 1 ? "Next ↻" : "Next →";
    this.points[k](0, 0);
    this.fall();
  }

  /** Draw what J has been, and say it. */
  fall() {
    const largest = Math.max(...this.history, 1e-300);
    const x = (k) => 6 + (108 * k) / Math.max(this.history.length - 1, 8);
    const places = this.history.map((J, k) => [x(k), 40 - (36 * J) / largest]);
    this.querySelector(".curve").setAttribute("d", `M${places.map((place) => place.join(" ")).join("L")}`);
    const [cx, cy] = places.at(-1);
    for (const [name, value] of [["cx", cx], ["cy", cy]]) this.querySelector(".fall circle").setAttribute(name, value);
    this.querySelector(".history").textContent = told(this.history);
  }
}

const three = (x) => format(Number(x.toPrecision(3)));

/** What the last update has done to J. */
function told(history) {
  const [before, now] = history.slice(-2);
  if (now === undefined) return `J = ${format(before)}. “Update all” takes a step against the gradient.`;
  const moved = now < before ? "It fell" : now > before ? "It rose: too long a step, or the wrong way" : "It did not move";
  return `J = ${format(now)}. ${moved}; before the update it was ${format(before)}.`;
}

customElements.define("backprop-stepper", BackpropStepper);
