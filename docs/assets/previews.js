// What a sentence refers to, an equation, a term of the glossary or a work of the bibliography, is shown below the reference while the pointer or the focus is on it.
// What is on the screen already is marked there instead.
import { fetched } from "./fetched.js";

const preview = document.createElement("div");
preview.className = "equation-preview";
preview.popover = "manual";
preview.setAttribute("role", "tooltip");
document.querySelector("article").append(preview);

const pages = new Map();
let timer, shown, marked;

function isHere(link) {
  return link.href.split("#")[0] === location.href.split("#")[0];
}

function page(link) {
  if (isHere(link)) return document;
  const address = link.href.split("#")[0];
  if (!pages.has(address)) {
    pages.set(address, fetched(address, (answer) => answer.text()).then((text) => new DOMParser().parseFromString(text, "text/html")));
  }
  return pages.get(address);
}

// What a link shows: how it is called, and which element of its page is copied, given the one that the link names.
const kinds = {
  ".equation-reference": ["The equation", (named) => named.closest(".derivation")],
  "a.term": ["The entry", (named) => named.nextElementSibling],
  "a.citation": ["The work", (named) => named.closest("li")],
};
const kind = (link) => Object.entries(kinds).find(([links]) => link.matches(links))[1];

function original(link, from) {
  const named = from.getElementById(link.hash.slice(1));
  return named && kind(link)[1](named);
}

function onScreen(element) {
  const { top, bottom, height } = element.getBoundingClientRect();
  const above = document.querySelector(".md-header")?.offsetHeight ?? 0;
  return height > 0 && top >= above && bottom <= innerHeight;
}

async function copied(link) {
  const from = await page(link);
  const found = original(link, from);
  if (!found) throw new Error("its page does not have it");
  return found.matches(".derivation") ? equation(found, from) : words(found, link);
}

function equation(found, from) {
  const copy = found.cloneNode(true);
  for (const part of copy.querySelectorAll(".derivation-foot, .equation-anchor")) part.remove();
  copy.removeAttribute("id");
  const style = from.querySelector('.derivation > link[rel="stylesheet"]');
  if (style && from !== document && !copy.contains(style)) copy.prepend(style.cloneNode());
  return copy;
}

function words(found, link) {
  const copy = document.createElement("div");
  copy.className = "preview-words";
  copy.append(...found.cloneNode(true).childNodes);
  for (const part of copy.querySelectorAll("[id]")) part.removeAttribute("id");
  for (const way of copy.querySelectorAll("a[href]")) way.href = new URL(way.getAttribute("href"), link.href).href;
  return copy;
}

function apology(link, { message }) {
  pages.delete(link.href.split("#")[0]); // the next time it is asked for again
  const sentence = document.createElement("p");
  sentence.textContent = `${kind(link)[0]} cannot be shown here: ${message}. The link leads to it.`;
  return sentence;
}

async function show(link) {
  hide();
  shown = link;
  const here = isHere(link) && original(link, document);
  if (here && onScreen(here)) {
    marked = here;
    return marked.classList.add("referred-to");
  }
  const content = await copied(link).catch((error) => apology(link, error));
  if (shown !== link) return;
  preview.replaceChildren(content);
  preview.showPopover();
  const box = link.getBoundingClientRect();
  const { width, height } = preview.getBoundingClientRect();
  const below = box.bottom + height < innerHeight || box.top < height;
  preview.style.left = `${scrollX + Math.max(8, Math.min(box.left - 24, document.documentElement.clientWidth - width - 8))}px`;
  preview.style.top = `${scrollY + (below ? box.bottom : box.top - height)}px`;
}

function hide() {
  shown = undefined;
  marked?.classList.remove("referred-to");
  preview.hidePopover();
}

function soon(action, delay) {
  clearTimeout(timer);
  timer = setTimeout(action, delay);
}

for (const link of document.querySelectorAll(Object.keys(kinds).join())) {
  if (location.protocol === "file:" && !isHere(link)) continue; // a file can fetch nothing
  link.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && soon(() => show(link), 200));
  link.addEventListener("pointerleave", () => soon(hide, 300));
  if (link.matches(":hover") && matchMedia("(hover: hover)").matches) soon(() => show(link), 200); // the pointer was there before this script
  link.addEventListener("focus", () => link.matches(":focus-visible") && soon(() => show(link), 0));
  link.addEventListener("blur", () => soon(hide, 0));
}
// A pointer may go into the preview, to scroll it or to read on.
preview.addEventListener("pointerenter", () => clearTimeout(timer));
preview.addEventListener("pointerleave", () => soon(hide, 300));
addEventListener("keydown", (event) => {
  if (event.key === "Escape") soon(hide, 0);
});
