// <backprop-stepper>: forward and backward through the network of the seed question, one operation at a time.
// The steps, their formulas and the starting numbers come from the build; a changed number is carried through all steps.
import { data, element, keepRoom, mark, matrix, signed, versions } from "./grids.js";
import { LONGEST_REFUSAL, NUMBERS } from "./numbers.js";
import { compute, meeting, sum } from "./products.js";

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

class BackpropStepper extends HTMLElement {
  connectedCallback() {
    if (this.data) return;
    this.data = data(this);
    const { steps, symbols } = this.data;
    const chip = (step, k) => `<button type="button" data-step="${k}" aria-label="${step.code}">${symbols[step.result].math}</button>`;
    const chips = (pass) => `<p class="pass"><span>${pass}</span> ${steps.map(chip).filter((_, k) => steps[k].pass === pass).join(" ")}</p>`;
    this.titles = steps.map((step, k) => `Step ${k + 1} of ${steps.length}, ${step.pass}: ${step.product}`);
    this.replaceChildren(element(`<div class="hands-on">
      <div role="group" aria-label="Steps">${chips("forward")}${chips("backward")}</div>
      <p class="moves"><button type="button" name="back">← Back</button> <button type="button" name="next">Next →</button>
        <button type="button" name="reset">Reset</button></p>
      <p class="title" aria-live="polite"></p>
      ${versions("formula", steps.map(({ formula, code }) => `${formula} <code>${code}</code>`))}
      <div class="versions equations"></div>
      ${versions("entry", steps.map(({ entry }) => `Entry by entry: ${entry}`))}
      <p class="sum" role="status"></p>
      ${versions("words", steps.map(({ words }) => words))}
      <fieldset><legend>Change the inputs, the weights or the target</legend>
        <div class="inputs"></div><p class="taken" role="status"></p></fieldset></div>`));
    keepRoom(this.querySelector(".title"), this.titles);
    keepRoom(this.querySelector(".taken"), [LONGEST_REFUSAL]);
    this.querySelector(".inputs").addEventListener("input", ({ target }) => this.refuse(target));
    this.addEventListener("click", ({ target }) => this.press(target.closest("button")));
    this.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!move || !event.target.matches("button")) return;
      event.preventDefault();
      this.show(this.step + move);
      if (event.target.dataset.step) this.querySelector("[aria-current=step]").focus();
    });
    this.reset();
  }

  press(button) {
    if (button?.name === "back") this.show(this.step - 1);
    if (button?.name === "next") this.show(this.step + 1);
    if (button?.name === "reset") this.reset();
    if (button?.dataset.step) this.show(Number(button.dataset.step));
  }

  /** Go back to the first step and to the numbers of the page. */
  reset() {
    const { inputs, symbols } = this.data;
    this.inputs = structuredClone(inputs);
    const boxes = Object.entries(this.inputs).map(([name, values]) =>
      matrix(symbols[name], values, {
        change: (i, j, x) => {
          values[i][j] = x;
          this.run();
          this.show(this.step);
        },
      }),
    );
    this.querySelector(".inputs").replaceChildren(...boxes);
    this.refuse();
    this.run();
    this.show(0);
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
  }

  /** The matrices of a step, the sum of each entry of its result, and the function that points at an entry. */
  draw({ operation, operands, result, signs, indices }) {
    const { symbols } = this.data;
    const values = operands.map((name) => this.values[name]);
    const place = (i, j) => ({ kl: `k = ${i + 1}, l = ${j + 1}: `, k: `k = ${j + 1}: `, l: `l = ${j + 1}: ` })[indices] ?? "";
    const sums = this.values[result].map((row, i) => row.map((_, j) => place(i, j) + sum(operation, i, j, ...values)));
    const boxes = operands.map((name, k) => matrix(symbols[name], values[k]));
    const point = (i, j) => {
      const met = meeting(operation, i, j, ...values);
      boxes.forEach((box, k) => mark(box, met.filter(([operand]) => operand === k).map(([, row, column]) => [row, column])));
      mark(made, [[i, j]]);
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
    this.points[k](0, 0);
  }
}

customElements.define("backprop-stepper", BackpropStepper);
