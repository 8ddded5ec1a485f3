// Practice: an exercise that a difficulty and a number make; the reader's lines are judged, and the next line comes on demand.
import { element, formula, sentence } from "./desk-formulas.js";
import { Judge } from "./desk-judge.js";
import { copied } from "./desk-link.js";

const LINK = /^#e=([a-z]+)-(\d{1,6})$/;

class PracticeDesk extends Judge {
  connectedCallback() {
    [this.difficulty, this.seed] = this.querySelectorAll("select, input");
    this.task = this.querySelector(".desk-task");
    if (!this.wake()) return;
    this.made = { difficulty: this.given.difficulty, seed: this.given.seed };
    addEventListener("hashchange", () => this.open());
    this.open();
  }

  /** Make the exercise that is chosen. */
  make() {
    if (!this.seed.reportValidity()) return undefined;
    return this.work(async () => {
      const chosen = { difficulty: this.difficulty.value, seed: Number(this.seed.value) };
      const { words, by, asked } = await this.ask("exercise", chosen);
      this.made = chosen;
      this.task.replaceChildren(
        element("p", sentence(words)),
        element("p", ["Derive the gradient by ", formula(by), ": ", formula(`\\displaystyle ${asked}`), "."]));
      this.say("");
      this.write(`${asked} = `);
      this.text.setSelectionRange(this.text.value.length, this.text.value.length);
      history.replaceState(null, "", this.address);
    });
  }

  another() {
    this.seed.value = 1 + Math.floor(Math.random() * 999_999);
    return this.make();
  }

  get question() {
    return { ask: "practise", ...this.made };
  }

  get address() {
    return `#e=${this.made.difficulty}-${this.made.seed}`;
  }

  /** An exercise from a link is made once the reader asks for it: that loads Python. */
  open() {
    const [, difficulty, seed] = LINK.exec(location.hash) ?? [];
    if (location.hash.startsWith("#e=") && ![...this.difficulty.options].some(({ value }) => value === difficulty)) {
      this.say("The address holds no exercise. It may have been cut off.");
    } else if (difficulty && (difficulty !== this.made.difficulty || Number(seed) !== this.made.seed)) {
      this.difficulty.value = difficulty;
      this.seed.value = Number(seed);
      this.task.replaceChildren(element("p", `The link is to exercise ${Number(seed)}. Press Make this exercise to see it.`));
      this.say("");
      this.text.value = "";
      this.number();
    }
  }

  async link() {
    history.replaceState(null, "", this.address);
    this.note((await copied(location.href)) ? "The link is copied: it holds this exercise." : "The address of this page now holds this exercise: copy it from there.");
  }
}

customElements.define("practice-desk", PracticeDesk);
