// Search: the theme's worker builds the index and answers; this shows what it found.
import { fetched } from "./fetched.js";

const box = document.getElementById("search");
const [input, status, list] = ["input", ".book-found", "ol"].map((selector) => box.querySelector(selector));
const base = new URL(box.dataset.base, location);
const [SETUP, READY, QUERY, RESULT] = [0, 1, 2, 3];

let worker;

/** Let a worker read the index, then answer what is typed. An error says in words why this cannot be. */
export async function start() {
  const { script, index } = await (location.protocol === "file:" ? fromScript() : fromServer());
  worker = new Worker(script);
  await new Promise((ready, failed) => {
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      failed(new Error("worker.js did not run"));
    });
    worker.addEventListener("message", ({ data: { type, data } }) => {
      if (type === READY) ready();
      else if (type === RESULT) show(data.items);
    });
    worker.postMessage({ type: SETUP, data: { config: index.config, docs: index.docs, options: {} } });
  });
  input.addEventListener("input", ask);
  ask();
}

async function fromServer() {
  const index = await fetched(new URL("search/search_index.json", base), async (answer) => {
    const read = await answer.json();
    if (!read?.config || !Array.isArray(read.docs)) throw new TypeError("no index");
    return read;
  });
  return { script: new URL("search/worker.js", base), index };
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
  return { script: URL.createObjectURL(new Blob([window.bookSearch.worker])), index: window.bookSearch.index };
}

function ask() {
  if (input.value.trim()) worker.postMessage({ type: QUERY, data: input.value });
  else show([]);
}

// One entry for each page, its best sections below it. The text comes from the book's own index.
function show(pages) {
  const found = pages.slice(0, 10).flatMap((sections) => sections.filter((section) => section.score > 0 && section.text).slice(0, 3));
  if (input.value.trim()) status.textContent = found.length ? `${found.length} places in ${Math.min(pages.length, 10)} pages` : "Nothing found";
  else status.textContent = "";
  list.replaceChildren(...found.map((section) => {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    link.href = new URL(section.location, base);
    link.innerHTML = `<strong>${section.title}</strong><small>${excerpt(section.text)}</small>`;
    link.addEventListener("click", () => box.hidePopover());
    entry.append(link);
    return entry;
  }));
}

// Some words around the first that was found; from a program only if the sentences do not have it.
function excerpt(text) {
  const plain = new DOMParser().parseFromString(text.replace(/<\/(p|li|pre)>/g, "$& "), "text/html").body;
  const sentences = plain.cloneNode(true);
  for (const program of sentences.querySelectorAll("pre")) program.remove();
  const read = sentences.querySelector("mark") || (sentences.textContent.trim() && !plain.querySelector("mark")) ? sentences : plain;
  const first = read.querySelector("mark");
  const words = read.textContent.replace(/\s+/g, " ").trim();
  const at = first ? words.indexOf(first.textContent) : 0;
  const start = at < 60 ? 0 : words.indexOf(" ", at - 60) + 1;
  const end = words.length - start < 180 ? words.length : words.lastIndexOf(" ", start + 180);
  const escaped = document.createElement("span");
  escaped.textContent = `${start ? "… " : ""}${words.slice(start, end)}${end < words.length ? " …" : ""}`;
  return escaped.innerHTML;
}

// Down and up walk through the results, as in any list of suggestions.
box.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {  // a search field would take the first press to empty itself
    event.preventDefault();
    box.hidePopover();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const stops = [input, ...list.querySelectorAll("a")];
  stops[Math.min(stops.length - 1, Math.max(0, stops.indexOf(document.activeElement) + step))].focus();
});
