// A word that the book does not have, and the known word that is nearest to it.
import { wordsOf } from "./words.js";

const SHORTEST = 3; // letters: of shorter words, every other one is near
const LONG = 8; // from here on, two slips may be made

/** The words of the texts, each with how often it is there; of the others, which readers may type, each once. */
export function vocabulary(texts, others) {
  const often = new Map();
  const add = (word) => often.set(word, (often.get(word) ?? 0) + 1);
  for (const text of [...texts, ...others]) for (const { written } of wordsOf(text)) if (written.length >= SHORTEST) add(written.toLowerCase());
  return often;
}

/** The known word that the fewest slips turn into this one; of several, the commonest. */
export function nearestOf(word, known) {
  if (word.length < SHORTEST) return undefined;
  const most = word.length < LONG ? 1 : 2;
  let [best, fewest, often] = [undefined, most + 1, 0];
  for (const [other, times] of known) {
    if (Math.abs(other.length - word.length) > most) continue;
    const made = slips(word, other);
    if (made < fewest || (best && made === fewest && times > often)) [best, fewest, often] = [other, made, times];
  }
  return best;
}

/** How many slips turn one word into the other: a letter too many, too few, another letter, or two neighbours swapped. */
export function slips(one, other) {
  const table = Array.from({ length: one.length + 1 }, (_, i) => Array.from({ length: other.length + 1 }, (_, j) => (i ? (j ? 0 : i) : j)));
  for (let i = 1; i <= one.length; i += 1) {
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1];
      table[i][j] = Math.min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) table[i][j] = Math.min(table[i][j], table[i - 2][j - 2] + 1);
    }
  }
  return table[one.length][other.length];
}
