// The next line of a derivation, on demand: first which rule it needs, then the line itself.
import { element, formula, sentence } from "./desk-formulas.js";

export class NextLine {
  /** ask() returns the answer of Python; add(line) writes the line below the text. */
  constructor(door, ask, add) {
    const { hint = "Give me a hint", line = "Show me the line" } = door.given;
    Object.assign(this, { door, ask, add, words: { hint, line }, box: door.querySelector(".desk-next") });
  }

  /** Offer a hint after a check. */
  offer() {
    this.box.replaceChildren(this.button(this.words.hint, () => this.hint()));
  }

  forget() {
    this.box.replaceChildren();
  }

  button(words, act) {
    const button = element("button", words, { type: "button" });
    button.addEventListener("click", act);
    return button;
  }

  hint() {
    return this.door.work(async () => this.show(await this.ask()));
  }

  /** Say what comes next, and offer the line. */
  show(next) {
    if (next.error) return this.say([`There is no hint: ${next.error.reason}`]);
    if (next.refused) return this.say([`There is no hint for the gradient by ${next.by}: ${next.refused}`]);
    if (next.complete) return this.say(["Nothing is missing: the gradient by ", formula(next.by), " is there, with all that it uses."]);
    this.next = next;
    this.say(["Next comes ", ...sentence(next.hint), "."]);
    this.box.append(this.button(this.words.line, () => this.line()));
    this.box.lastChild.focus();
  }

  line() {
    const { line, formula: shown, declares, alone } = this.next;
    const parts = [element("p", formula(`\\displaystyle ${shown}`), { className: "desk-line" })];
    if (declares) parts.push(element("p", ["It needs, in the where part: ", element("code", declares)]));
    this.box.lastChild.remove();
    const write = alone ? [this.button("Write it below the text", () => this.add(line))] : [];
    this.box.append(...parts, ...write);
    write[0]?.focus();
  }

  say(content) {
    this.box.replaceChildren(element("p", content));
  }
}
