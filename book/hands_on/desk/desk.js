// The door Check of the desk: an editor whose text is checked line by line, its derivation set, and the next line on demand.
import { Door } from "./desk-door.js";
import { derivation, element, scrollable } from "./desk-formulas.js";
import { linked, unlinked, unpacked } from "./desk-link.js";
import { NextLine } from "./desk-next.js";

/** "1, 2 and 4" */
const listed = (items) => items.join(", ").replace(/, ([^,]*)$/, " and $1");

class DerivationDesk extends Door {
  connectedCallback() {
    if (!this.wake()) return;
    this.next = new NextLine(this, () => this.ask("next", { text: this.text.value }), (line) => this.add(line));
    addEventListener("hashchange", () => this.open());
    this.open();
  }

  check() {
    return this.work(async () => {
      const text = this.text.value;
      const { reports } = await this.ask("check", { text });
      this.say(...reports.flatMap((report) => this.said(report)));
      this.shown.replaceChildren(...reports.filter(({ shown }) => shown.chains.length).map(({ shown }) => derivation(shown)));
      scrollable(this.shown);
      if (text === this.text.value) this.judge(reports);
      else this.number();
      this.next.offer();
    });
  }

  take() {
    this.write(this.given.examples[this.querySelector("select").value]);
  }

  changed() {
    unlinked("d");
    this.number();
    this.next.forget();
    if (this.verdict.querySelector("[data-verdict]")) this.note("The text has changed since this check.");
  }

  async open() {
    if (!location.hash.startsWith("#d=")) return;
    try {
      this.text.value = await unpacked(location.hash.slice(3));
      this.say();
      this.shown.replaceChildren();
      this.next.forget();
    } catch {
      this.say("The address holds no derivation that can be read. It may have been cut off.");
    }
    this.number();
  }

  async link() {
    this.note(await linked("d", this.text.value, "this derivation"));
  }

  said(report) {
    const name = report.id && `${report.id}: `;
    const parts = [];
    if (report.ok) {
      parts.push(element("p", [element("b", "✓ Right"), ` · ${name}${report.verdict}, ${report.comparisons} comparisons`]));
      parts.push(element("p", how(report), { className: "desk-how" }));
    }
    parts.push(...report.errors.flatMap((error) => this.wrong(error, name)));
    if (report.readings.length) {
      const note = element("p", "What was not taken word for word:", { className: "desk-how" });
      parts.push(note, element("ul", readings(report.readings), { className: "desk-readings" }));
    }
    if (!report.ok && report.lines.length) parts.push(element("p", steps(report.lines), { className: "desk-how" }));
    parts[0].dataset.verdict = report.ok ? "right" : "wrong";
    return parts;
  }
}

/** How a right derivation was checked. */
function how({ draws, sizes, exact, bound, seconds }) {
  const tried = sizes.map((size) => Object.entries(size).map(([name, number]) => `${name} = ${number}`).join(", "));
  const sentences = [`Compared on ${draws} random points, ${exact ? "in exact fractions" : "to 50 digits"}, in ${seconds} s.`];
  if (tried.some(Boolean)) sentences.push(`Sizes tried: ${tried.join("; ")}.`);
  if (!bound) return sentences.join(" ");
  const power = element("sup", `−${Math.floor(-Math.log10(bound))}`);
  return [`${sentences.join(" ")} Random numbers let a wrong line pass with probability at most 10`, power, "."];
}

/** How lines were read, and where each reading was first needed. */
function readings(list) {
  const first = new Map(list.toReversed().map((reading) => [`${reading.written} ${reading.read}`, reading]));
  return [...first.values()].sort((one, other) => one.line - other.line).map(({ line, written, read }) =>
    element("li", [`line ${line}: `, element("code", written), " is read as ", element("code", read)]));
}

/** Which lines of a wrong derivation hold, and which were not judged. */
function steps(lines) {
  const these = (wanted) => [...new Set(lines.filter(({ ok }) => ok === wanted).map(({ line }) => line))];
  const [hold, open] = [these(true), these(null)];
  const plural = (list) => `Line${list.length > 1 ? "s" : ""} ${listed(list)}`;
  return [
    hold.length ? `${plural(hold)} ${hold.length > 1 ? "hold" : "holds"}.` : "",
    open.length ? `${plural(open)} ${open.length > 1 ? "were" : "was"} not judged, because of the mistake.` : "",
  ].filter(Boolean).join(" ");
}

customElements.define("derivation-desk", DerivationDesk);
