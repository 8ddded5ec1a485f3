// The slides, shown one at a time by reveal.js, whose address the page gives. Until it has come, they stand one below the other.

const HEIGHT = 720;
const deck = document.querySelector(".deck");

// What is higher than a slide is shown smaller. A slide has a size only while it is near the one that is shown.
function fit(slide) {
  const shown = slide?.querySelector(".deck-shown");
  if (!shown || shown.style.zoom || !slide.offsetHeight) return;
  const scale = Math.min((HEIGHT - (slide.offsetHeight - shown.offsetHeight) - 20) / shown.offsetHeight, 1);
  if (scale < 1) shown.style.zoom = scale;
}

function styled(href) {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  document.head.append(sheet);
  return new Promise((resolve, reject) => Object.assign(sheet, { onload: resolve, onerror: reject }));
}

async function show(address) {
  const [{ default: Reveal }] = await Promise.all([import(`${address}.js`), styled(`${address}.css`)]);
  deck.classList.add("reveal");
  document.querySelector(".deck-keys").hidden = false;
  for (const talk of document.querySelectorAll(".talk")) { // to reveal.js, a section of sections
    const stack = document.createElement("section");
    stack.append(...talk.children);
    talk.replaceWith(stack);
  }
  const slides = new Reveal(deck, { width: 1100, height: HEIGHT, margin: 0.04, center: false, hash: true, transition: "none", pdfMaxPagesPerSlide: 1 });
  slides.on("slidechanged", ({ currentSlide }) => fit(currentSlide));
  slides.on("pdf-ready", () => document.querySelectorAll(".slides section").forEach(fit));
  await slides.initialize();
  fit(slides.getCurrentSlide());
}

const script = document.querySelector("script[data-reveal]");
if (script) show(script.dataset.reveal);
