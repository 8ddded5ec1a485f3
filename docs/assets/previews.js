// The equation that a sentence refers to is shown below the reference, while the pointer or the focus is on it.
import { fetched } from "./fetched.js";

const preview = document.createElement("div");
preview.className = "equation-preview";
preview.popover = "manual";
preview.setAttribute("role", "tooltip");
document.querySelector("article").append(preview);

const pages = new Map();
let timer, shown;

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

async function equation(link) {
  const from = await page(link);
  const copy = from.getElementById(link.hash.slice(1))?.closest(".derivation")?.cloneNode(true);
  if (!copy) throw new Error("its page does not have it");
  for (const part of copy.querySelectorAll(".derivation-foot, .equation-anchor")) part.remove();
  copy.removeAttribute("id");
  const style = from.querySelector('.derivation > link[rel="stylesheet"]');
  if (style && from !== document && !copy.contains(style)) copy.prepend(style.cloneNode());
  return copy;
}

function apology(link, { message }) {
  pages.delete(link.href.split("#")[0]); // the next time it is asked for again
  const words = document.createElement("p");
  words.textContent = `The equation cannot be shown here: ${message}. The link leads to it.`;
  return words;
}

async function show(link) {
  shown = link;
  const content = await equation(link).catch((error) => apology(link, error));
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
  preview.hidePopover();
}

function soon(action, delay) {
  clearTimeout(timer);
  timer = setTimeout(action, delay);
}

for (const link of document.querySelectorAll(".equation-reference")) {
  if (location.protocol === "file:" && !isHere(link)) continue; // a file can fetch nothing
  link.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && soon(() => show(link), 200));
  link.addEventListener("pointerleave", () => soon(hide, 300));
  link.addEventListener("focus", () => link.matches(":focus-visible") && soon(() => show(link), 0));
  link.addEventListener("blur", () => soon(hide, 0));
}
// A pointer may go into the preview, to scroll it or to read on.
preview.addEventListener("pointerenter", () => clearTimeout(timer));
preview.addEventListener("pointerleave", () => soon(hide, 300));
addEventListener("keydown", (event) => {
  if (event.key === "Escape") soon(hide, 0);
});
