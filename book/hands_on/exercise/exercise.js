// An exercise of a chapter: the reader's lines are judged as in practice. Python is loaded when something is asked, not while it is written.
import { Judge } from "./desk-judge.js";

class DerivationExercise extends Judge {
  connectedCallback() {
    if (!this.wake()) return;
    this.begun = this.text.defaultValue;
    this.next.offer();
  }

  get question() {
    return { ask: "pose", ...this.given.question };
  }

  foresee() {}

  changed() {
    super.changed();
    this.next.offer();
  }

  /** Add a line below the text, in the place of a side that leads nowhere yet. */
  add(line) {
    if (this.text.value.trim() === this.begun.trim()) this.write(line);
    else super.add(line);
  }
}

customElements.define("derivation-exercise", DerivationExercise);
