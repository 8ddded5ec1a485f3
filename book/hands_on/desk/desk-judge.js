// The lines of a reader to an exercise, judged, and the next line on demand; which exercise it is, its element says.
import { Door } from "./desk-door.js";
import { derivation, element, scrollable } from "./desk-formulas.js";
import { NextLine } from "./desk-next.js";

/** An element with a `question`: what Python is asked with the lines. */
export class Judge extends Door {
  wake() {
    if (!super.wake()) return false;
    this.next = new NextLine(this, async () => (await this.judged()).next, (line) => this.add(line));
    return true;
  }

  judged() {
    const { ask, ...given } = this.question;
    return this.ask(ask, { ...given, lines: this.text.value });
  }

  check() {
    return this.work(async () => {
      const text = this.text.value;
      const { solved, report, next } = await this.judged();
      const missing = next.refused ? "" : " Something is still missing.";
      const said = report.ok ? [element("p", [element("b", solved ? "✓ Solved" : "✓ Right so far"), ` · ${report.verdict}.${solved ? "" : missing}`])] : report.errors.flatMap((error) => this.wrong(error));
      said[0].dataset.verdict = solved ? "solved" : report.ok ? "right" : "wrong";
      this.say(...said);
      this.shown.replaceChildren(...(report.shown.chains.length ? [derivation({ ...report.shown, where: [] })] : []));
      scrollable(this.shown);
      if (text === this.text.value) this.judge([report]);
      if (solved) this.next.forget();
      else this.next.offer();
    });
  }

  changed() {
    this.number();
    this.next.forget();
    if (this.verdict.querySelector("[data-verdict]")) this.note("The text has changed since this check.");
  }
}
