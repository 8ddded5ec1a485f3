// What is wider than its box scrolls; then it must also be reachable by keyboard and have a name.
const scrollers = document.querySelectorAll(".math-display, .md-typeset__scrollwrap, .md-typeset pre > code");

export function mark() {
  for (const box of scrollers) {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", box.matches(".math-display") ? "Equation, scrolls sideways" : "Scrolls sideways");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  }
}

addEventListener("load", mark);
addEventListener("resize", mark);
for (const details of document.querySelectorAll("details")) details.addEventListener("toggle", mark);

// A script that only some pages need is fetched by them alone. The desk needs a page from a server.
for (const [name, module] of [[".equation-reference", "previews"], ["product-explorer", "explorer"], ["backprop-stepper", "stepper"], ["draw-a-digit", "digit"], ["derivation-desk", "desk"], [".layout-choice", "layouts"]]) {
  if (module === "desk" && location.protocol === "file:") continue;
  if (document.querySelector(name)) import(`./${module}.js`);
}
