// Search: find.js finds in the index what the reader types; this shows it.
import { fetched } from "./fetched.js";
import { finder } from "./find.js";
import { hits, wordsOf } from "./words.js";

const box = document.getElementById("search");
const [input, status, list] = ["input", ".book-found", "ol"].map((selector) => box.querySelector(selector));
const base = new URL(box.dataset.base, location);
const [MOST, OF_ONE_PAGE] = [20, 3];
const [EXCERPT, BEFORE, CLOSE] = [180, 60, 120]; // letters: of an excerpt, before its first hit, and what counts as close to that

let find;

/** Read the index, then answer what is typed. An error says in words why this cannot be. */
export async function start() {
  find = finder(await (location.protocol === "file:" ? fromScript() : fromServer()));
  input.addEventListener("input", answer);
  answer();
}

function fromServer() {
  return fetched(new URL("search/index.json", base), async (response) => {
    const index = await response.json();
    if (!Array.isArray(index?.pages) || !Array.isArray(index.words)) throw new TypeError("no index");
    return index;
  });
}

// A page that was opened as a file can fetch nothing, but it can run a script: see book/editions.py.
async function fromScript() {
  const script = document.createElement("script");
  script.src = new URL("search/offline.js", base);
  await new Promise((loaded, failed) => {
    script.addEventListener("load", loaded);
    script.addEventListener("error", () => failed(new Error("search/offline.js is missing")));
    document.head.append(script);
  });
  return window.bookSearch;
}

function answer() {
  if (!input.value.trim()) {
    status.textContent = "";
    list.replaceChildren();
    return;
  }
  const found = find(input.value);
  const shown = few(found.places);
  status.replaceChildren(summary(found, shown.filter(({ nearest }) => !nearest)), ...suggestion(found.meant));
  list.replaceChildren(...shown.map((place) => entry(place, found.terms)));
}

// What the reader may have meant: a button that searches for it.
function suggestion(meant) {
  if (meant === undefined) return [];
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: meant });
  button.addEventListener("click", () => {
    input.value = meant;
    input.focus();
    answer();
  });
  return [" Did you mean ", button, "?"];
}

// The best places; of one page only some, so that others are seen as well.
function few(places) {
  const of = new Map();
  return places.filter(({ page }) => of.set(page, (of.get(page) ?? 0) + 1).get(page) <= OF_ONE_PAGE).slice(0, MOST);
}

function summary({ complete, unknown, untreated, small }, shown) {
  const said = [];
  if (untreated.length) said.push(`The book does not treat ${quoted(untreated, "or")}; the nearest place is marked.`);
  const nowhere = unknown.length ? `: ${quoted(unknown, "and")} ${unknown.length > 1 ? "are" : "is"} nowhere in the book` : "";
  if (!shown.length) {
    if (nowhere || !untreated.length) said.push(`Nothing found${nowhere}.`);
    return said.join(" ");
  }
  if (!complete && nowhere) said.push(`No page has all of these words${nowhere}. ${unknown.length === shown[0].lacks.length ? "These have the others." : "These have some of the others."}`);
  else if (!complete) said.push("No section has all of these words; each of these lacks what is named below it.");
  const missing = small.length > 2 ? `; small words such as “${small[0]}” may be missing there` : small.length ? `; ${quoted(small, "and")} may be missing there` : "";
  said.push(`${counted(shown, "place")} in ${counted([...new Set(shown.map(({ page }) => page))], "page")}${missing}.`);
  return said.join(" ");
}

function counted(things, name) {
  return `${things.length} ${name}${things.length > 1 ? "s" : ""}`;
}

function quoted(words, last) {
  return words.map((word) => `“${word}”`).join(", ").replace(/, (?=[^,]*$)/, ` ${last} `);
}

function entry({ page, section, lacks, nearest }, terms) {
  const where = [page.group, section.id && page.sections[0].heading].filter(Boolean).join(" › ");
  const link = document.createElement("a");
  link.href = new URL(page.url + (section.id && `#${section.id}`), base);
  link.append(line("span", where), line("strong", section.heading, terms), line("small", excerpt(section, terms), terms));
  if (nearest) link.append(line("em", "the nearest place"));
  if (lacks.length) link.append(line("em", `without ${quoted(lacks, "or")}`));
  link.addEventListener("click", () => box.hidePopover());
  const item = document.createElement("li");
  item.append(link);
  return item;
}

function line(tag, text, terms = []) {
  const element = document.createElement(tag);
  let at = 0;
  for (const { start, end } of hits(wordsOf(text), terms)) {
    if (start < at) continue;
    const mark = document.createElement("mark");
    mark.append(...pieces(text.slice(start, end)));
    element.append(...pieces(text.slice(at, start)), mark);
    at = end;
  }
  element.append(...pieces(text.slice(at)));
  return element;
}

// A raised T is set as one: many fonts lack the letter ᵀ, and its substitute in bold looks like ˢ.
function pieces(text) {
  return text.split(/(ᵀ)/).map((piece) => (piece === "ᵀ" ? Object.assign(document.createElement("sup"), { textContent: "T" }) : piece));
}

// Where the most terms stand close together; in a program only if the sentences have none.
function excerpt({ text: sentences, code }, terms) {
  const text = [sentences, code].find((text) => hits(wordsOf(text), terms).length) ?? (sentences || code);
  const found = hits(wordsOf(text), terms);
  let at = found[0]?.start ?? 0;
  for (let first = 0, next = 0, most = 0; first < found.length; first += 1) {
    while (next < found.length && found[next].end < found[first].start + CLOSE) next += 1;
    const terms = new Set(found.slice(first, next).map(({ which }) => which)).size;
    if (terms > most) [most, at] = [terms, found[first].start];
  }
  const start = at < BEFORE ? 0 : text.indexOf(" ", at - BEFORE) + 1;
  const end = text.length < start + EXCERPT ? text.length : text.lastIndexOf(" ", start + EXCERPT);
  return `${start ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`;
}

// Down and up walk through the suggestion and the results, as in any list of suggestions.
box.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {  // a search field would take the first press to empty itself
    event.preventDefault();
    box.hidePopover();
  }
  if (event.key === "Enter" && event.target === input) (list.querySelector("a") ?? status.querySelector("button"))?.click();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const stops = [input, ...box.querySelectorAll(".book-found button, ol a")];
  stops[Math.min(stops.length - 1, Math.max(0, stops.indexOf(document.activeElement) + step))].focus();
});
