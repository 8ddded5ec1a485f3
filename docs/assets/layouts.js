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

for (const choice of choices) {
  choice.addEventListener("submit", (event) => event.preventDefault());
  choice.addEventListener("change", () => {
    show(choice.elements.layout.value);
    try {
      localStorage.setItem("layout", choice.elements.layout.value);
    } catch {
      // see above
    }
  });
}
addEventListener("hashchange", showTarget);
addEventListener("storage", (event) => event.key === "layout" && showKept());
addEventListener("pageshow", (event) => event.persisted && showKept());
showKept();
