// The door Derive of the desk: a where part, a symbol and a style; what comes is the gradient, line by line, with its program.
import { Door } from "./desk-door.js";
import { derivation, element, formula, scrollable } from "./desk-formulas.js";
import { copied, linked, unlinked, unpacked } from "./desk-link.js";

const EACH = ""; // the choice of every declared symbol, one after the other

class GradientDesk extends Door {
  connectedCallback() {
    [this.example, this.by] = this.querySelectorAll("select");
    if (!this.wake()) return;
    this.by.addEventListener("change", () => this.outdated());
    for (const style of this.styles) style.addEventListener("change", () => this.outdated());
    addEventListener("hashchange", () => this.open());
    if (this.text.value.trim() !== this.given.examples[0].source) this.offer([]); // the browser has put back what was typed before
    this.open();
  }

  get styles() {
    return [...this.querySelectorAll("[type=radio]")];
  }

  get style() {
    return this.styles.find(({ checked }) => checked).value;
  }

  /** The choice of symbols; the one that was chosen stays where it is there. */
  offer(symbols, by = this.by.value) {
    const options = symbols.map((name) => element("option", name, { value: name }));
    this.by.replaceChildren(...options, element("option", "each in turn", { value: EACH }));
    this.by.value = symbols.includes(by) ? by : EACH;
  }

  take() {
    const { source, symbols, by } = this.given.examples[this.example.value];
    this.write(source);
    this.offer(symbols, by);
  }

  changed() {
    unlinked("g");
    this.number();
    this.outdated();
    clearTimeout(this.pause);
    if (this.python.loaded) this.pause = setTimeout(() => this.reread(), 500); // before it is loaded, nothing is asked
  }

  /** Read the symbols anew, while the reader writes. */
  async reread() {
    const text = this.text.value;
    if (this.working) return;
    const { symbols } = await this.ask("symbols", { text }).catch(() => ({}));
    if (symbols && text === this.text.value) this.offer(symbols);
  }

  outdated() {
    if (this.shown.hasChildNodes()) this.note("This was derived before the last change.");
  }

  derive() {
    return this.work(async () => {
      const text = this.text.value;
      this.number();
      const { symbols, declared, error } = await this.ask("symbols", { text });
      this.say();
      this.shown.replaceChildren();
      if (error) return this.refused(error);
      this.offer(symbols);
      const counts = { derived: 0, refused: 0 };
      for (const by of this.by.value === EACH ? declared : [this.by.value]) {
        const found = await this.ask("derive", { text, by, style: this.style });
        if (found.error) return this.refused(found.error);
        this.shown.append(found.refused ? this.unable(found) : this.gradient(found));
        scrollable(this.shown);
        counts[found.refused ? "refused" : "derived"] += 1;
      }
      this.verdict.replaceChildren(this.summary(counts));
    });
  }

  refused(error) {
    this.say(...this.wrong(error));
    this.verdict.firstChild.dataset.derived = "nothing";
    if (error.line > 0) this.number(new Map([[error.line, "✗"]]));
  }

  summary({ derived, refused }) {
    const gradients = (count) => `${count} gradient${count === 1 ? "" : "s"}`;
    const parts = [derived && `✓ ${gradients(derived)} derived and checked`, refused && `${gradients(refused)} refused`].filter(Boolean);
    const said = element("p", `${parts.join("; ")}.`);
    said.dataset.derived = derived;
    return said;
  }

  unable({ by, refused }) {
    return element("section", [element("h3", ["The gradient by ", formula(by)]), element("p", `It is not derived: ${refused}.`)], { className: "desk-gradient" });
  }

  gradient({ by, answer, verdict, note, shown, numpy, latex, markdown }) {
    const [last] = shown.chains.at(-1);
    const result = element("p", formula(`\\displaystyle ${last.left} = ${answer}`), { className: "desk-result" });
    const copy = (words, text) => {
      const button = element("button", words, { type: "button" });
      button.addEventListener("click", async () => {
        this.note((await copied(text)) ? `${words.replace("Copy", "Copied:")}.` : "The browser does not let this page copy.");
      });
      return button;
    };
    const buttons = [copy("Copy LaTeX", latex), copy("Copy Markdown", markdown), ...(numpy ? [copy("Copy NumPy", numpy)] : []), copy("Copy BibTeX", this.given.bibtex)];
    const program = numpy
      ? [element("h4", "The same in NumPy"), element("pre", element("code", numpy), { className: "desk-program" })]
      : [element("p", "There is no NumPy program for this one.")];
    return element("section", [
      element("h3", ["The gradient by ", formula(by)]),
      result,
      element("p", `✓ ${verdict}${note ? `. ${note}` : ""}`, { className: "desk-how" }),
      derivation({ where: [], chains: shown.chains }),
      element("p", buttons, { className: "desk-row" }),
      ...program,
    ], { className: "desk-gradient" });
  }

  async open() {
    if (!location.hash.startsWith("#g=")) return;
    try {
      const { text, by, style } = JSON.parse(await unpacked(location.hash.slice(3)));
      this.text.value = String(text);
      this.offer(by ? [String(by)] : [], by);
      for (const choice of this.styles) choice.checked ||= choice.value === style;
      this.say();
      this.shown.replaceChildren();
    } catch {
      this.say("The address holds nothing to derive that can be read. It may have been cut off.");
    }
    this.number();
  }

  async link() {
    const held = JSON.stringify({ text: this.text.value, by: this.by.value, style: this.style });
    this.note(await linked("g", held, "this where part, the symbol and the style"));
  }
}

customElements.define("gradient-desk", GradientDesk);
