// The words of a text, as the search compares them.

const WORD = /ᵀ|(?<=[\p{L}\p{N})\]])(?:\.|\^\{?)T\b|(?:(?!ᵀ)[\p{L}\p{M}\p{N}_∂∇])+|[@*⊙⊗✓]/giu;
const IRREGULAR = new Map(Object.entries({ matrices: "matrix", indices: "index", vertices: "vertex", axes: "axis" }));

/** One form for "Normalizing" and "normalised", "sums" and "summed", "W.T" and "Wᵀ": the beginning that they share. */
export function stem(written) {
  const word = written.toLowerCase().replace(/[₀-₉]/g, (digit) => "₀₁₂₃₄₅₆₇₈₉".indexOf(digit)).replace(/_(?=\d)/g, ""); // W₂ and W_2 are W2
  if (/^[.^]/.test(word)) return "ᵀ";
  if (word.length < 4 || /[_\d]/.test(word)) return word;
  let short = IRREGULAR.get(word) ?? word.replace(/([iy])z/g, "$1s");
  if (short.length > 4) short = short.replace("our", "or");
  if (!/(ss|us|is|ias)$/.test(short)) short = short.replace(/s$/, "");
  if (short.length > 5 && /[aeiouy].*ing$|[^e]ed$/.test(short)) short = short.replace(/([^aeiouls])\1(ing|ed)$|(ing|ed)$/, "$1");
  short = short.replace(/(?<=.{5})at(ion|e)$/, "").replace(/(?<=[bt])re$/, "er");
  return short.length > 4 ? short.replace(/e$/, "").replace(/y$/, "i") : short;
}

/** Each word of a text: where it stands, and its stem. */
export function wordsOf(text) {
  return Array.from(text.matchAll(WORD), ({ 0: written, index }) => ({ written, stem: stem(written), start: index, end: index + written.length }));
}

/** The stems of a text. */
export function stems(text) {
  return Array.from(text.matchAll(WORD), ([written]) => stem(written));
}

/** Where one of the terms stands among words: the place of its first letter, that after its last, and which term it is. */
export function hits(words, terms) {
  const found = [];
  words.forEach((word, at) => terms.forEach(({ ways }, which) => {
    const said = ways.filter(({ stems, begun }) => stems.every((stem, next) => {
      const there = words[at + next]?.stem;
      return there === stem || (begun && next === stems.length - 1 && there?.startsWith(stem));
    }));
    if (said.length) found.push({ start: word.start, end: words[at + Math.max(...said.map(({ stems }) => stems.length)) - 1].end, which });
  }));
  return found;
}
