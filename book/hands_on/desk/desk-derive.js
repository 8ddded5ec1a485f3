// The door Derive of the desk: a where part, a symbol, and what is wanted; the lines come first, then their marks, and a program.
import { Door } from "./desk-door.js";
import { derivation, element, formula, scrollable, sentence } from "./desk-formulas.js";
import { copied, linked, unlinked, unpacked } from "./desk-link.js";

const EACH = ""; // the choice of every declared symbol, one after the other

class GradientDesk extends Door {
  connectedCallback() {
    [this.example, this.kind, this.by] = this.querySelectorAll("select");
    if (!this.wake()) return;
    for (const choice of [this.kind, this.by, ...this.styles]) choice.addEventListener("change", () => this.outdated());
    this.kind.addEventListener("change", () => this.offerStyles());
    this.offerStyles();
    addEventListener("hashchange", () => this.open());
    if (this.text.value.trim() !== this.given.examples[0].source) this.offer([]); // typed before this ran, or put back by the browser
    this.open();
  }

  get styles() {
    return [...this.querySelectorAll("[type=radio]")];
  }

  get style() {
    return this.styles.find(({ checked }) => checked).value;
  }

  /** What is derived, as a heading names it. */
  get named() {
    return this.kind.selectedOptions[0].dataset.named;
  }

  /** Only a gradient comes in several styles of steps. */
  offerStyles() {
    this.querySelector("fieldset").disabled = this.kind.value !== "gradient";
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
    if (this.python.coming) this.pause = setTimeout(() => this.reread(), 500);
  }

  /** Read the symbols anew, while the reader writes. */
  async reread() {
    const text = this.text.value;
    if (this.working || this.reading) return;
    this.reading = true;
    const { symbols } = await this.ask("symbols", { text }).catch(() => ({}));
    this.reading = false;
    if (text !== this.text.value) this.reread();
    else if (symbols) this.offer(symbols);
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
      delete this.dataset.lines;
      for (const by of this.by.value === EACH ? declared : [this.by.value]) {
        const place = element("section", [], { className: "desk-gradient" });
        this.shown.append(place);
        const write = (found) => {
          const taken = found.verdict ? this.taken(found) : [];
          place.replaceChildren(...(found.refused ? this.unable(found) : found.shown ? [...this.lines(found), ...taken] : []));
          scrollable(place);
          this.dataset.lines ??= this.seconds;
        };
        const found = await this.ask("derive", { text, by, style: this.style, kind: this.kind.value }, write);
        if (found.error) return this.refused(found.error);
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
    const parts = [derived && `✓ ${derived} derived and checked`, refused && `${refused} refused`].filter(Boolean);
    const alone = derived ? "✓ Derived and checked" : "Refused";
    const said = element("p", `${derived + refused === 1 ? alone : parts.join("; ")}.`);
    said.dataset.derived = derived;
    return said;
  }

  heading(by) {
    return element("h3", [`The ${this.named} by `, formula(by)]);
  }

  unable({ by, refused }) {
    return [this.heading(by), element("p", `It is not derived: ${refused}.`)];
  }

  /** The lines that have been proved so far, or all of them with the result, when the checker has passed them. */
  lines({ by, answer, verdict, note = [], shown }) {
    const [last] = shown.chains.at(-1);
    const result = verdict ? [element("p", formula(`\\displaystyle ${last.left} = ${answer}`), { className: "desk-result" })] : [];
    return [
      this.heading(by),
      ...result,
      element("p", verdict ? `✓ ${verdict}` : "So far:", { className: "desk-how" }),
      ...(note.length ? [element("p", sentence(note), { className: "desk-limits" })] : []),
      derivation(shown),
    ];
  }

  /** What can be taken along, and the program. */
  taken({ numpy, latex, markdown }) {
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
    return [element("p", buttons, { className: "desk-row" }), ...program];
  }

  async open() {
    if (!location.hash.startsWith("#g=")) return;
    try {
      const { text, by, style, kind = "gradient" } = JSON.parse(await unpacked(location.hash.slice(3)));
      this.text.value = String(text);
      this.offer(by ? [String(by)] : [], by);
      for (const choice of this.styles) choice.checked ||= choice.value === style;
      this.kind.value = kind;
      if (this.kind.selectedIndex < 0) this.kind.selectedIndex = 0;
      this.offerStyles();
      this.say();
      this.shown.replaceChildren();
    } catch {
      this.say("The address holds nothing to derive that can be read. It may have been cut off.");
    }
    this.number();
  }

  async link() {
    const held = JSON.stringify({ text: this.text.value, by: this.by.value, style: this.style, kind: this.kind.value });
    this.note(await linked("g", held, "all that stands here"));
  }
}

customElements.define("gradient-desk", GradientDesk);
