// What is wider than its box scrolls; then it must also be reachable by keyboard and have a name.
const scrollers = document.querySelectorAll(".math-display, .md-typeset__scrollwrap, .md-typeset pre > code");

export function mark() {
  const shown = [...scrollers].filter((box) => !box.closest("details:not([open])")); // to measure what is folded away, the browser would lay it out
  const wide = shown.filter((box) => box.scrollWidth > box.clientWidth); // all are measured before any is changed
  for (const box of shown) {
    if (wide.includes(box)) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", box.matches(".math-display") ? "Equation, scrolls sideways" : "Scrolls sideways");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  }
}

addEventListener("resize", mark);
for (const details of document.querySelectorAll("details")) details.addEventListener("toggle", mark);

// A script that only some pages need is fetched by them alone; that of a figure when the reader comes near it.
const used = [[".equation-reference, a.term, a.citation", "previews"], [".layout-choice", "layouts"], [".row-filter", "rows"]].filter(([name]) => document.querySelector(name));
const ready = Promise.all(used.map(([, module]) => import(`./${module}.js`).catch((error) => doWithout(module, error))));
addEventListener("load", () => ready.then(mark));
const modules = { "product-explorer": "explorer", "backprop-stepper": "stepper", "draw-a-digit": "digit", "network-ripple": "ripple", "letter-graph": "letters", "gate-graph": "gates", "depth-and-scale": "depth", "narrow-valley": "valley" };
if (location.protocol !== "file:") { // they need a page from a server
  Object.assign(modules, { "desk-doors": "desk-doors", "derivation-desk": "desk", "gradient-desk": "desk-derive", "practice-desk": "desk-practice", "derivation-exercise": "exercise" });
}
const figures = document.querySelectorAll(Object.keys(modules));
const wake = (figure) => import(`./${modules[figure.localName]}.js`).catch((error) => apologise(figure, error));
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) wake(target);
}, { rootMargin: "100%" });
figures.forEach((figure) => near.observe(figure));
addEventListener("keydown", () => figures.forEach(wake), { once: true }); // the next Tab may lead into any of them

// Where its script does not come, a reference is a link, layouts stand one below the other as they do without scripts, and the table shows all of its rows.
function doWithout(module, error) {
  console.warn(error);
  if (module === "rows") document.querySelector(".row-filter").remove();
  if (module !== "layouts") return;
  for (const choice of document.querySelectorAll(".layout-choice")) choice.remove();
  delete document.body.dataset.layout;
}

function apologise(figure, error) {
  if (figure.querySelector(":scope > .missing-script")) return;
  console.warn(error);
  const note = document.createElement("p");
  note.className = "missing-script";
  note.setAttribute("role", "status");
  note.textContent = "The script of this figure could not be loaded. Reload the page to try again.";
  figure.append(note);
}
