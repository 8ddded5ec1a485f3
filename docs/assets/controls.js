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

// The search and its index are fetched when somebody searches, not before. What did not come is asked for again when the reader says so.
const search = document.getElementById("search");
const found = search.querySelector(".book-found");
let program, searching, attempts = 0;

function fetchProgram() {
  const anew = `./search.js?${attempts}`; // a browser does not ask twice for a module at one address
  attempts += 1;
  return attempts === 1 ? import("./search.js") : import(anew);
}

async function startSearch() {
  found.textContent = "Reading the index …";
  try {
    program ??= await fetchProgram().catch(() => {
      throw new Error("its script did not come");
    });
    await program.start();
  } catch (error) {
    searching = undefined;
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = "Try again";
    again.addEventListener("click", openSearch);
    found.replaceChildren(`The search could not be started: ${error.message}. `, again);
  }
}

function openSearch() {
  search.querySelector("input").focus(); // by autofocus the browser complains on every link to a place in a page
  searching ??= startSearch();
}

search.addEventListener("toggle", (event) => event.newState === "open" && openSearch());
addEventListener("keydown", (event) => {
  const held = event.ctrlKey || event.metaKey;
  if (held && event.key === "k") {
    event.preventDefault();
    search.togglePopover();
  }
  if (event.key === "/" && !held && !event.altKey && !event.target.closest("input, textarea, select, [contenteditable]")) {
    event.preventDefault(); // or the field would begin with it
    search.showPopover();
  }
});

const contents = document.getElementById("contents");
contents.addEventListener("click", (event) => event.target.closest("a") && contents.hidePopover());

if (navigator.clipboard) {
  for (const block of document.querySelectorAll(".highlight:not(.excerpt):is(.language-python, .language-bibtex, .language-console, .language-latex)")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "book-copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const text = block.querySelector("code").textContent;
      button.textContent = await navigator.clipboard.writeText(text).then(() => "Copied", () => "Not copied");
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
