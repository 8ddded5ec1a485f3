// What the reader can press: the colours, the search, the copying of code; and the mark at the heading in view.

const colours = document.getElementById("colours");

function showColours() {
  colours.setAttribute("aria-pressed", document.body.dataset.mdColorScheme === "slate");
}

colours.addEventListener("click", () => {
  const scheme = document.body.dataset.mdColorScheme === "slate" ? "default" : "slate";
  document.body.dataset.mdColorScheme = scheme;
  try {
    localStorage.setItem("colours", scheme);
  } catch {
    // a reader may forbid storage: then the choice lasts as long as the page
  }
  showColours();
});
showColours();

// The index of the whole book is fetched when somebody searches, not before.
const search = document.getElementById("search");
search.addEventListener("toggle", (event) => {
  if (event.newState !== "open") return;
  search.querySelector("input").focus();  // by autofocus the browser complains on every link to a place in a page
  import("./search.js");
});
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "k") {
    event.preventDefault();
    search.togglePopover();
  }
});

const contents = document.getElementById("contents");
contents.addEventListener("click", (event) => event.target.closest("a") && contents.hidePopover());

if (navigator.clipboard) {
  for (const block of document.querySelectorAll(".highlight:is(.language-python, .language-bibtex, .language-console, .language-latex)")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "book-copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("code").textContent);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 2000);
    });
    block.append(button);
  }
}

// The last heading above the upper third of the window is the one being read.
const links = new Map([...document.querySelectorAll(".book-headings a")].map((link) => [link.hash.slice(1), link]));
const above = new Set();
const watch = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (entry.isIntersecting) above.add(entry.target.id);
    else above.delete(entry.target.id);
  }
  const current = [...links.keys()].findLast((id) => above.has(id));
  for (const [id, link] of links) {
    if (id === current) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  }
}, { rootMargin: "1000000px 0px -66% 0px" });
for (const id of links.keys()) watch.observe(document.getElementById(decodeURIComponent(id)));
