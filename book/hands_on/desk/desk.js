// The derivation desk: an editor whose text is checked in a worker, which is loaded when the reader first asks for it.
import { fetched } from "./fetched.js";
import { data } from "./grids.js";

const TYPES = { mjs: "text/javascript", wasm: "application/wasm", zip: "application/zip", json: "application/json" };
const LONGEST_LINK = 100_000; // characters of a derivation

/** Fetch a file that the build compressed; tell of every piece that arrives. */
function unpacked(address, type, signal, arrived) {
  const counted = new TransformStream({
    transform(piece, controller) {
      arrived(piece.byteLength);
      controller.enqueue(piece);
    },
  });
  const unpack = ({ body }) => {
    const content = body.pipeThrough(counted).pipeThrough(new DecompressionStream("deflate"));
    return new Response(content, { headers: { "Content-Type": type } }).blob();
  };
  return fetched(address, unpack, { signal });
}

/** The checker: its files are fetched once; its worker can be stopped, and the next check starts another. */
class Checker {
  constructor({ folder, files }) {
    this.folder = new URL(`${folder}/`, import.meta.url);
    this.sizes = files;
    this.total = Object.values(files).reduce((sum, size) => sum + size, 0);
  }

  async check(text, tell) {
    this.stopping = new AbortController();
    this.files ??= await this.fetchAll(tell);
    if (!this.worker) {
      tell("Starting Python …");
      this.worker = new Worker(this.script, { type: "module" });
      await this.ask({ files: this.files }).catch((error) => {
        if (error.name !== "AbortError") this.files = undefined; // they come anew, with the next check
        throw error;
      });
    }
    tell("Checking …");
    return (await this.ask({ text })).reports;
  }

  async fetchAll(tell) {
    let loaded = 0;
    const { signal } = this.stopping;
    const arrived = (size) => tell("Loading Python and the checker", (loaded += size), this.total);
    arrived(0);
    const script = fetched(new URL("desk-worker.js", import.meta.url), (answer) => answer.blob(), { signal });
    const names = Object.keys(this.sizes);
    const blobs = names.map((name) =>
      unpacked(new URL(`${name}.deflate`, this.folder), TYPES[name.split(".").pop()], signal, arrived));
    const [worker, ...files] = await Promise.all([script, ...blobs]);
    this.script = URL.createObjectURL(worker); // so that a second worker needs no network either
    return Object.fromEntries(files.map((file, at) => [names[at], file]));
  }

  ask(message) {
    return new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data: answer }) => (answer.failure ? reject(new Error(answer.failure)) : resolve(answer));
      this.worker.onerror = (event) => reject(new Error(event.message));
      this.stopping.signal.addEventListener("abort", () => reject(this.stopping.signal.reason));
      this.worker.postMessage(message);
    });
  }

  stop() {
    this.stopping.abort();
    this.worker?.terminate();
    this.worker = undefined;
  }
}

// A derivation in the address: compressed, then base64 with the letters that an address may hold.

async function toHash(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return `#d=${btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

async function fromHash(hash) {
  const letters = atob(hash.slice(3).replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  let text = "";
  for await (const piece of pieces(stream.pipeThrough(new TextDecoderStream("utf-8", { fatal: true })))) {
    text += piece;
    if (text.length > LONGEST_LINK) throw new RangeError("too long");
  }
  return text;
}

async function* pieces(stream) {
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}

function element(name, text, properties = {}) {
  const created = Object.assign(document.createElement(name), properties);
  created.append(...[text].flat());
  return created;
}

/** "1, 2 and 4" */
const listed = (items) => items.join(", ").replace(/, ([^,]*)$/, " and $1");

class DerivationDesk extends HTMLElement {
  connectedCallback() {
    const given = data(this);
    this.examples = given.examples;
    this.checker = new Checker(given);
    for (const part of ["editor", "gutter", "progress", "verdict"]) this[part] = this.querySelector(`.desk-${part}`);
    this.text = this.querySelector("textarea");
    if (!this.checker.total) return; // built without Pyodide: the text of the build says so
    const modern = "DecompressionStream" in window;
    this.say(modern ? "" : "Checking needs a newer browser: one of 2023 or later.");
    if (!modern) return;

    for (const control of this.querySelectorAll("button, select")) control.disabled = false;
    for (const button of this.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => this[button.dataset.act]());
    }
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.check();
    });
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("scroll", () => (this.gutter.scrollTop = this.text.scrollTop));
    addEventListener("hashchange", () => this.open());
    addEventListener("pageshow", () => this.number()); // the browser may have put back what was typed before
    this.busy = false;
    this.number();
    this.open();
  }

  set busy(busy) {
    this.working = busy;
    // not `disabled`, which would take the focus away from the one that was pressed
    this.querySelector("[data-act=check]").setAttribute("aria-disabled", busy);
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
    if (loaded === 0) this.say(`${phase}, ${megabytes(total)}, for the first check.`);
    const [bar, words] = this.progress.children;
    if (total) Object.assign(bar, { value: loaded, max: total });
    else bar.removeAttribute("value");
    words.textContent = total ? `${phase}: ${megabytes(loaded)} of ${megabytes(total)}` : phase;
  }

  async check() {
    if (this.working) return;
    this.busy = true;
    const started = performance.now();
    const late = setTimeout(() => (this.progress.hidden = false), 300); // a quick check shows no progress
    try {
      const text = this.text.value;
      const reports = await this.checker.check(text, (...state) => this.working && this.tell(...state));
      this.say(...reports.flatMap((report) => this.shown(report)));
      this.number(text === this.text.value ? reports : []);
      this.dataset.seconds = ((performance.now() - started) / 1000).toFixed(2);
    } catch (error) {
      this.checker.stop();
      this.say(error.name === "AbortError" ? "Stopped." : `The checker did not answer: ${error.message}. Press Check to try again.`);
    }
    clearTimeout(late);
    this.busy = false;
  }

  stop() {
    if (this.working) this.checker.stop();
  }

  take() {
    this.write(this.examples[this.querySelector("select").value]);
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

  changed() {
    if (location.hash.startsWith("#d=")) history.replaceState(null, "", location.pathname + location.search);
    this.number();
    if (this.verdict.querySelector("[data-verdict]")) this.note("The text has changed since this check.");
  }

  async open() {
    if (!location.hash.startsWith("#d=")) return;
    try {
      this.text.value = await fromHash(location.hash);
      this.say();
    } catch {
      this.say("The address holds no derivation that can be read. It may have been cut off.");
    }
    this.number();
  }

  async link() {
    history.replaceState(null, "", await toHash(this.text.value));
    const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    this.note(copied ? "The link is copied: it holds this derivation." : "The address of this page now holds this derivation: copy it from there.");
  }

  /** Number the lines; after a check, say beside each line what came of it. */
  number(reports = []) {
    const marks = new Map();
    for (const { line, ok } of reports.flatMap((report) => report.lines)) {
      if (ok !== null && marks.get(line) !== "✗") marks.set(line, ok ? "✓" : "✗");
    }
    for (const { line } of reports.flatMap((report) => report.errors)) marks.set(line, "✗");
    const count = this.text.value.split("\n").length;
    const wide = String(count).length;
    const lines = Array.from({ length: count }, (_, at) => `${marks.get(at + 1) ?? " "} ${String(at + 1).padStart(wide)}`);
    this.gutter.textContent = lines.join("\n");
    this.gutter.scrollTop = this.text.scrollTop;
    const wrong = [...marks].filter(([, mark]) => mark === "✗").map(([line]) => line);
    this.text.style.backgroundImage = wrong.map(() => "linear-gradient(var(--desk-wrong) 0 0)").join();
    this.text.style.backgroundPositionY = wrong.map((line) => `calc(var(--desk-pad) + ${line - 1} * var(--desk-line))`).join();
  }

  shown(report) {
    const name = report.id && `${report.id}: `;
    const parts = [];
    if (report.ok) {
      parts.push(element("p", [element("b", "✓ Right"), ` · ${name}${report.verdict}, ${report.comparisons} comparisons`]));
      parts.push(element("p", how(report), { className: "desk-how" }));
    }
    for (const error of report.errors) {
      const place = error.caret ? `line ${error.line}, column ${error.column}` : `line ${error.line}`;
      const button = element("button", place, { type: "button" });
      button.addEventListener("click", () => this.goTo(error));
      parts.push(element("p", [element("b", "✗ Wrong"), ` · ${name}`, button, `: ${error.reason}`]));
      const quoted = error.cause ? error.details.slice(0, -1) : error.details;
      if (quoted.length) {
        const code = element("code", quoted.join("\n"), { tabIndex: 0, role: "group", ariaLabel: "The line, may scroll sideways" });
        parts.push(element("pre", code));
      }
      if (error.cause) parts.push(element("p", `Likely cause: ${error.cause}`));
    }
    if (report.readings.length) {
      const note = element("p", "What was not taken word for word:", { className: "desk-how" });
      parts.push(note, element("ul", readings(report.readings), { className: "desk-readings" }));
    }
    if (!report.ok && report.lines.length) parts.push(element("p", steps(report.lines), { className: "desk-how" }));
    parts[0].dataset.verdict = report.ok ? "right" : "wrong";
    return parts;
  }

  goTo({ line, column }) {
    const before = this.text.value.split("\n").slice(0, line - 1);
    const place = before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
    this.text.focus();
    this.text.setSelectionRange(place, place);
  }
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

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
