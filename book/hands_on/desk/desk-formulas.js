// Formulas of a reader, set as MathML by Temml, and derivations in the look of those on the book's pages.
import { fetched } from "./fetched.js";

let temml, loading;

/** Load Temml, once; without it, formulas are shown as LaTeX, and it is asked for again. */
export async function loadFormulas(name) {
  if (!name || temml) return;
  await (loading ??= load(name));
  if (!temml) loading = undefined;
}

async function load(name) {
  const script = await fetched(new URL(name, import.meta.url), (answer) => answer.blob()).catch(() => undefined);
  if (script) temml = (await import(URL.createObjectURL(script)).catch(() => ({}))).default;
}

export function element(name, content = [], properties = {}) {
  const created = Object.assign(document.createElement(name), properties);
  created.append(...[content].flat());
  return created;
}

/** A formula as an element: MathML, or its LaTeX where that cannot be set. */
export function formula(latex) {
  const host = document.createElement("span");
  host.className = "math";
  try {
    temml.render(latex, host, { throwOnError: true });
    host.querySelectorAll("msup > .tml-prime:last-child").forEach(lower);
  } catch {
    host.replaceChildren(element("code", latex.replace(/^\\displaystyle /, "")));
  }
  return host;
}

/** A prime of the font is high as it is: as a superscript it would be raised twice (see mathnet/mathml.py). */
function lower(prime) {
  const row = document.createElementNS("http://www.w3.org/1998/Math/MathML", "mrow");
  const raised = prime.parentElement;
  row.append(...raised.childNodes);
  raised.replaceWith(row);
}

/** Words and formulas in turn, words first. */
export const sentence = (parts) => parts.map((part, at) => (at % 2 ? formula(part) : part)).filter((part) => part !== "");

/** A derivation: the where part in words, and its rows with reasons and marks. */
export function derivation({ where, chains }, { marks = true } = {}) {
  const parts = where.length > 1 ? [element("p", sentence(where), { className: "derivation-where" })] : [];
  const table = element("div", chains.map((rows) => element("div", rows.map((row) => shownRow(row, marks)), { className: "derivation-chain" })));
  table.className = "derivation-chains math-display";
  return element("div", [...parts, ...(chains.length ? [table] : [])], { className: "derivation" });
}

const SIGNS = new Map([[true, "✓ "], [false, "✗ "], [null, ""]]);

function shownRow({ left, right, reason, ok, mark }, marks) {
  const display = (latex) => (latex ? formula(`\\displaystyle ${latex}`) : []);
  const said = sentence(reason);
  const words = [element("span", said)];
  if (marks && mark) words.push(element("span", `${SIGNS.get(ok)}${mark}`, { className: `desk-mark${ok === false ? " desk-wrong" : ""}` }));
  return element("div", [
    element("span", display(left), { className: "derivation-left" }),
    element("span", display(right && `{} ${right}`), { className: "derivation-right" }),
    element("span", words, { className: "derivation-reason" }),
  ], { className: "derivation-row" });
}

/** Let what is wider than its box be scrolled by keyboard, too. */
export function scrollable(host) {
  for (const box of host.querySelectorAll(".derivation-chains, pre > code")) {
    if (box.scrollWidth > box.clientWidth) Object.assign(box, { tabIndex: 0, role: "group", ariaLabel: "May scroll sideways" });
  }
}
