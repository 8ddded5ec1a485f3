// <backprop-stepper>: forward and backward through the network of the seed question, one operation at a time.
// The steps, their formulas and the starting numbers come from the build; a changed number is carried through all steps.
import { data, element, mark, matrix, signed } from "./grids.js";
import { compute, meeting, sum } from "./products.js";

class BackpropStepper extends HTMLElement {
  connectedCallback() {
    if (this.data) return;
    this.data = data(this);
    const { steps, symbols } = this.data;
    const chip = (step, k) => `<button type="button" data-step="${k}" aria-label="${step.code}">${symbols[step.result].math}</button>`;
    const chips = (pass) => `<p class="pass"><span>${pass}</span> ${steps.map(chip).filter((_, k) => steps[k].pass === pass).join(" ")}</p>`;
    this.replaceChildren(element(`<div class="hands-on">
      <div role="group" aria-label="Steps">${chips("forward")}${chips("backward")}</div>
      <p class="moves"><button type="button" name="back">← Back</button> <button type="button" name="next">Next →</button>
        <button type="button" name="reset">Reset</button></p>
      <p class="title" aria-live="polite"></p>
      <p class="formula"></p>
      <div class="equation"></div>
      <p class="entry"></p>
      <p class="sum" role="status"></p>
      <p class="words"></p>
      <fieldset><legend>Change the inputs, the weights or the target</legend><div class="inputs"></div></fieldset></div>`));
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
    this.run();
    this.show(0);
  }

  /** Compute every value from the inputs. */
  run() {
    this.values = { ...this.inputs };
    const value = (name) => {
      const [operation, operand] = this.data.derived[name] ?? [];
      return operation ? compute(operation, this.values[operand]) : this.values[name];
    };
    for (const { result, operation, operands } of this.data.steps) {
      for (const name of operands) this.values[name] = value(name);
      this.values[result] = compute(operation, ...operands.map(value));
    }
  }

  /** Show a step, if there is one of that number. */
  show(k) {
    const { steps, symbols } = this.data;
    const step = steps[k];
    if (!step) return;
    this.step = k;
    for (const chip of this.querySelectorAll("[data-step]")) {
      const current = Number(chip.dataset.step) === k;
      chip.tabIndex = current ? 0 : -1;
      current ? chip.setAttribute("aria-current", "step") : chip.removeAttribute("aria-current");
    }
    this.querySelector(".title").textContent = `Step ${k + 1} of ${steps.length}, ${step.pass}: ${step.product}`;
    this.querySelector(".formula").innerHTML = `${step.formula} <code>${step.code}</code>`;
    this.querySelector(".entry").innerHTML = `Entry by entry: ${step.entry}`;
    this.querySelector(".words").innerHTML = step.words;
    const operands = step.operands.map((name) => this.values[name]);
    const boxes = step.operands.map((name, k) => matrix(symbols[name], operands[k]));
    const point = (i, j) => {
      const met = meeting(step.operation, i, j, ...operands);
      boxes.forEach((box, k) => mark(box, met.filter(([operand]) => operand === k).map(([, row, column]) => [row, column])));
      mark(result, [[i, j]]);
      const place = { kl: `k = ${i + 1}, l = ${j + 1}: `, k: `k = ${j + 1}: `, l: `l = ${j + 1}: ` }[step.indices] ?? "";
      this.querySelector(".sum").textContent = place + sum(step.operation, i, j, ...operands);
    };
    const result = matrix(symbols[step.result], this.values[step.result], { point });
    this.querySelector(".equation").replaceChildren(...[...boxes, result].map((box, k) => signed(step.signs[k], box)));
    point(0, 0);
  }
}

customElements.define("backprop-stepper", BackpropStepper);
