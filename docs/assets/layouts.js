// The layout of derivatives that the reader has chosen, in every box with three versions. The page's first script shows it before anything is painted.

import { mark } from "./book.js";

const choices = document.querySelectorAll(".layout-choice");

function show(layout) {
  document.body.dataset.layout = layout;
  for (const choice of choices) choice.elements.layout.value = layout;
  mark();
}

function showKept() {
  let kept = null;
  try {
    kept = localStorage.getItem("layout");
  } catch {
    // a reader may forbid storage: then the choice lasts as long as the page
  }
  show(kept ?? document.body.dataset.layout);
  showTarget();
}

// A link may lead to an equation in another layout.
function showTarget() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  const version = target && target.closest(".layouts > .admonition");
  if (version && !version.checkVisibility()) {
    show(["book", "numerator", "denominator"].find((name) => version.classList.contains(name)));
    target.parentElement.scrollIntoView();
  }
}

function choose(layout) {
  show(layout);
  try {
    localStorage.setItem("layout", layout);
  } catch {
    // see above
  }
}

for (const choice of choices) {
  choice.addEventListener("submit", (event) => event.preventDefault());
  choice.addEventListener("change", () => choose(choice.elements.layout.value));
}
addEventListener("hashchange", showTarget);
addEventListener("storage", (event) => event.key === "layout" && showKept());
addEventListener("pageshow", (event) => event.persisted && showKept());
const early = [...choices].map((choice) => choice.elements.layout.value).find(Boolean); // chosen before this script came
if (early) choose(early);
else showKept();
