// What the doors of the desk have in common: an editor with numbered lines, a question that can be stopped, and what is said of it.
import { element, loadFormulas } from "./desk-formulas.js";
import { python } from "./desk-python.js";
import { data } from "./grids.js";

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

export class Door extends HTMLElement {
  /** Make the controls work; false where the build or the browser lacks something, which is then said. */
  wake() {
    this.given = data(this);
    this.python = python(this.given);
    for (const part of ["gutter", "progress", "verdict", "shown"]) this[part] = this.querySelector(`.desk-${part}`);
    this.text = this.querySelector("textarea");
    if (!this.python.total) return false; // built without Pyodide: the text of the build says so
    const modern = "DecompressionStream" in window;
    this.say(modern ? "" : `${this.given.verb} needs a newer browser: one of 2023 or later.`);
    if (!modern) return false;

    for (const control of this.querySelectorAll("button, select, input")) control.disabled = false;
    for (const button of this.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => this[button.dataset.act]());
    }
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this[this.given.act]();
    });
    if (!navigator.connection?.saveData) this.foresee();
    this.text.addEventListener("input", () => this.changed());
    if (document.activeElement === this.text) setTimeout(() => this.text.dispatchEvent(new Event("input", { bubbles: true }))); // the reader was quicker
    this.text.addEventListener("scroll", () => (this.gutter.scrollTop = this.text.scrollTop));
    addEventListener("pageshow", () => this.number()); // the browser may have put back what was typed before
    this.busy = false;
    this.number();
    return true;
  }

  /** Load Python before it is asked: who writes will ask. */
  foresee() {
    this.addEventListener("input", () => this.python.warm(), { once: true });
  }

  set busy(busy) {
    this.working = busy;
    // not `disabled`, which would take the focus away from the one that was pressed
    for (const button of this.querySelectorAll("[data-waits]")) button.setAttribute("aria-disabled", busy);
    this.querySelector("[data-act=stop]").setAttribute("aria-disabled", !busy);
    if (!busy) this.progress.hidden = true;
  }

  say(...content) {
    this.verdict.replaceChildren(...content.map((part) => (typeof part === "string" ? element("p", part) : part)));
  }

  /** One sentence above the verdict. */
  note(text) {
    this.verdict.querySelector(".desk-note")?.remove();
    this.verdict.prepend(element("p", text, { className: "desk-note" }));
  }

  tell(phase, loaded, total) {
    if (total && !this.told) this.say(`${phase}, ${megabytes(total)}, ${this.given.first}.`);
    this.told ||= Boolean(total);
    const [bar, words] = this.progress.children;
    if (total) Object.assign(bar, { value: loaded, max: total });
    else bar.removeAttribute("value");
    words.textContent = total ? `${phase}: ${megabytes(loaded)} of ${megabytes(total)}` : phase;
  }

  /** Do something that asks Python; whatever fails is said, and it may be stopped. */
  async work(task) {
    if (this.working) return;
    this.busy = true;
    this.told = false;
    this.started = performance.now();
    const late = setTimeout(() => (this.progress.hidden = false), 300); // a quick answer shows no progress
    try {
      await Promise.all([loadFormulas(this.given.formulas), task()]);
      this.dataset.seconds = this.seconds;
    } catch (error) {
      this.python.stop();
      this.say(error.name === "AbortError" ? "Stopped." : `The checker did not answer: ${error.message}. Press ${this.given.press} to try again.`);
    }
    clearTimeout(late);
    this.busy = false;
  }

  /** Seconds since the press. */
  get seconds() {
    return ((performance.now() - this.started) / 1000).toFixed(2);
  }

  /** Ask Python, and wait until formulas can be set; `early` gets what is known before the answer is whole. */
  async ask(ask, given, early) {
    const formulas = loadFormulas(this.given.formulas);
    const tell = (...state) => this.working && this.tell(...state);
    const [answer] = await Promise.all([this.python.ask({ ask, ...given }, tell, early && ((part) => formulas.then(() => early(part)))), formulas]);
    return answer;
  }

  stop() {
    if (this.working) this.python.stop();
  }

  /** Replace the text in a way that the editor's own undo can take back. */
  write(text) {
    this.text.focus();
    this.text.select();
    if (!document.execCommand("insertText", false, text)) this.text.value = text;
    this.text.setSelectionRange(0, 0);
    this.text.scrollTo(0, 0);
    this.changed();
  }

  /** Add a line below the text, which the editor's undo can take back. */
  add(line) {
    this.text.focus();
    this.text.setSelectionRange(this.text.value.length, this.text.value.length);
    const before = this.text.value.trim() ? (this.text.value.endsWith("\n\n") ? "" : this.text.value.endsWith("\n") ? "\n" : "\n\n") : "";
    if (!document.execCommand("insertText", false, before + line)) this.text.value += before + line;
    this.changed();
  }

  /** Number the lines, each with the mark it has got. */
  number(marks = new Map()) {
    const count = this.text.value.split("\n").length;
    const wide = String(count).length;
    const lines = Array.from({ length: count }, (_, at) => `${marks.get(at + 1) ?? " "} ${String(at + 1).padStart(wide)}`);
    this.gutter.textContent = lines.join("\n");
    this.gutter.scrollTop = this.text.scrollTop;
    const wrong = [...marks].filter(([, mark]) => mark === "✗").map(([line]) => line);
    this.text.style.backgroundImage = wrong.map(() => "linear-gradient(var(--desk-wrong) 0 0)").join();
    this.text.style.backgroundPositionY = wrong.map((line) => `calc(var(--desk-pad) + ${line - 1} * var(--desk-line))`).join();
  }

  /** Number the lines, and say beside each what came of it. */
  judge(reports) {
    const marks = new Map();
    for (const { line, ok } of reports.flatMap((report) => report.lines)) {
      if (ok !== null && marks.get(line) !== "✗") marks.set(line, ok ? "✓" : "✗");
    }
    for (const { line } of reports.flatMap((report) => report.errors)) marks.set(line, "✗");
    this.number(marks);
  }

  /** What is wrong: its place, which is a button, the reason, the line, and the likely cause. */
  wrong(error, name = "") {
    const place = error.caret ? `line ${error.line}, column ${error.column}` : `line ${error.line}`;
    const button = element("button", place, { type: "button" });
    button.addEventListener("click", () => this.goTo(error));
    const where = error.line > 0 ? [button, ": "] : [];
    const parts = [element("p", [element("b", "✗ Wrong"), ` · ${name}`, ...where, error.reason])];
    const quoted = error.cause ? error.details.slice(0, -1) : error.details;
    if (quoted.length) {
      const code = element("code", quoted.join("\n"), { tabIndex: 0, role: "group", ariaLabel: "The line, may scroll sideways" });
      parts.push(element("pre", code));
    }
    if (error.cause) parts.push(element("p", `Likely cause: ${error.cause}`));
    return parts;
  }

  goTo({ line, column }) {
    const before = this.text.value.split("\n").slice(0, line - 1);
    const place = before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
    this.text.focus();
    this.text.setSelectionRange(place, place);
  }
}
