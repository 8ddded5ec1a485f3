// The table of gradients: only the rows that have all words of what is typed, in their names, other names or formulas.

import { mark } from "./book.js";

const form = document.querySelector(".row-filter");
const [input, status] = ["input", "[role=status]"].map((selector) => form.querySelector(selector));
const groups = [...document.querySelectorAll(".gradient-rows")].map((table) => ({
  parts: [table.previousElementSibling, table], // with its heading
  rows: [...table.querySelectorAll("tbody tr")].map((row) => ({ row, said: plain(`${row.textContent} ${row.dataset.words}`) })),
}));
const all = groups.flatMap(({ rows }) => rows).length;

function plain(text) {
  return text.normalize("NFKC").toLowerCase()
    .replace(/([iy])z/g, "$1s") // normalize, normalise
    .replace(/\b(?:torch|nn|f|jax|jnp|lax|np|numpy|linalg|tf)\.(?=\w)/g, ""); // nn.LayerNorm
}

function filter() {
  const asked = plain(input.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { parts, rows } of groups) {
    for (const { row, said } of rows) row.hidden = !asked.every((word) => said.includes(word));
    const left = rows.filter(({ row }) => !row.hidden).length;
    for (const part of parts) part.hidden = !left;
    shown += left;
  }
  status.textContent = `${asked.length ? `${shown} of ` : ""}${all} rows`;
  mark();
}

// A link may lead to a row that is not shown.
function showTarget() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target?.closest(".gradient-rows [hidden]")) return;
  input.value = "";
  filter();
  target.scrollIntoView();
}

form.addEventListener("submit", (event) => event.preventDefault());
input.addEventListener("input", filter);
addEventListener("hashchange", showTarget);
addEventListener("pageshow", filter); // the browser may have kept what was typed
filter();
