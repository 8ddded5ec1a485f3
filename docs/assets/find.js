// What a reader types, found in the sections of the book. search.js shows what this finds.
import { nearestOf, vocabulary } from "./mistyped.js";
import { stems, wordsOf } from "./words.js";

// What a hit is worth, by where it stands; in the text, hits add up to this and no more.
const WORTH = { title: 12, heading: 7, page: 1.5, explained: 1.5, text: 2, code: 0.8 };
const [BEGINNING, SYNONYM, PAIR, SMALL_WORD] = [0.5, 0.9, 0.4, 0.2]; // parts of it: for the beginning of a word, another name for it, two words side by side
const PART = { Gradients: 0.6, Reference: 0.4 }; // parts of the book that are looked up and not read: chapters come first
const EXERCISE = 0.4;
const HALF = 1.5; // so many hits in a text of usual length are worth half of what hits there can be worth

const SMALL = new Set("a about an and are as at be between but by can compute computed derive do does for from get given gives go has have how i if in into is it its me mean means my need not of on one or over same should so such than that the their them then there these they this to use used using versus vs want was what when where which who why will with work works would write you your".split(" "));

/** The address of a place, from the top of the site. */
export function addressOf({ page, section }) {
  return page.url.replace(/index\.html$/, "") + (section.id && `#${section.id}`);
}

/** Read the index; return the function that finds. */
export function finder({ pages, words }) {
  const places = pages.flatMap((page) => page.sections.map((section, at) => placed(page, section, at))).filter(({ section }) => section.text || section.code);
  const usual = (field) => places.reduce((sum, place) => sum + place[field].size, 0) / places.length;
  const usualSize = { text: usual("text"), code: usual("code") };
  const byAddress = new Map(places.map((place) => [addressOf(place), place]));
  const table = new Map(words
    .filter(({ nearest }) => nearest === undefined || byAddress.has(nearest))
    .flatMap((entry) => entry.typed.map((typed) => [stems(typed).join(" "), entry])));
  const known = vocabulary(pages.flatMap(({ sections }) => sections.flatMap(({ heading, explained, text, code }) => [heading, explained, text, code])), words.flatMap(({ typed }) => typed));
  const longest = Math.max(...Array.from(table.keys(), (typed) => typed.split(" ").length));

  // What is asked for: terms that a section must have, others that only make it better, and what the book does not treat.
  function read(query) {
    const typed = wordsOf(query);
    const asked = { required: [], better: [], small: [], untreated: [] };
    for (let at = 0, many; at < typed.length; at += many) {
      const said = (some) => typed.slice(at, at + some).map(({ stem }) => stem).join(" ");
      many = longest;
      while (many > 1 && (at + many > typed.length || !table.has(said(many)))) many -= 1;
      const entry = table.get(said(many));
      const name = query.slice(typed[at].start, typed[at + many - 1].end);
      if (at) asked.better.push(term("", [way(`${typed[at - 1].stem} ${typed[at].stem}`, PAIR)]));
      if (!entry && SMALL.has(typed[at].written.toLowerCase())) {
        asked.small.push(term(name, [way(said(1), SMALL_WORD, false)]));
        continue;
      }
      const last = at + many === typed.length; // it may not be typed out yet
      const needed = term(name, [way(said(many), 1, said(many).length > (last ? 1 : 2)), ...(entry?.said ?? []).map((other) => way(stems(other).join(" "), SYNONYM))]);
      if (entry?.nearest !== undefined) asked.untreated.push({ name, place: byAddress.get(entry.nearest) });
      if (entry?.nearest === undefined || rated(needed).rare) asked.required.push(needed);
    }
    return asked.required.length || asked.untreated.length ? asked : { ...asked, required: asked.small, small: [] };
  }

  // A term is looked for once, not at every key press.
  const ratings = new Map();
  function rated(term) {
    const key = JSON.stringify(term.ways);
    if (!ratings.has(key)) {
      const parts = places.map((place) => Math.max(...term.ways.map((way) => worthOf(way, place, usualSize))));
      const having = parts.filter(Boolean).length;
      ratings.set(key, { parts, rare: having && Math.log(1 + places.length / having) });
    }
    return ratings.get(key);
  }

  // The query with known words for those that are nowhere in the book; nothing if no known word is near.
  function meant(query, unknown) {
    const near = new Map(unknown.map(({ name }) => [name, nearestOf(name.toLowerCase(), known) ?? name]));
    const other = Array.from(wordsOf(query)).reduceRight((text, { written, start, end }) => text.slice(0, start) + (near.get(written) ?? written) + text.slice(end), query);
    return other === query ? undefined : other;
  }

  const rareness = (terms) => terms.reduce((sum, term) => sum + rated(term).rare, 0);

  /** Find a query: the places, best first, and what must be said of them. */
  return function find(query) {
    const composed = query.normalize("NFC");
    const { required, better, small, untreated } = read(composed);
    const needed = required.map(rated);
    const all = [...needed, ...[...better, ...small].map(rated)];
    const candidates = places.map((place, at) => {
      const missing = required.filter((_, which) => !needed[which].parts[at]);
      const share = 1 - rareness(missing) / rareness(required);
      return { ...place, lacks: missing.map(({ name }) => name), score: all.reduce((sum, { parts, rare }) => sum + parts[at] * rare, 0) * place.worth * share ** 2 };
    }).filter(({ score }) => score > 0);
    const complete = candidates.filter(({ lacks }) => !lacks.length);
    const found = (complete.length ? complete : candidates).sort((one, other) => other.score - one.score);
    const nearest = [...new Set(untreated.map(({ place }) => place))].map((place) => ({ ...place, lacks: [], nearest: true }));
    const unknown = required.filter((_, which) => !needed[which].rare);
    return {
      places: [...nearest, ...found.filter(({ section }) => !nearest.some((place) => place.section === section))],
      complete: complete.length > 0,
      unknown: unknown.map(({ name }) => name),
      meant: meant(composed, unknown),
      untreated: untreated.map(({ name }) => name),
      small: small.map(({ name }) => name),
      terms: required,
    };
  };
}

function placed(page, section, at) {
  const place = { page, section, worth: (PART[page.group] ?? 1) * (section.exercise ? EXERCISE : 1), ofHeading: at ? WORTH.heading : WORTH.title };
  for (const field of ["heading", "explained", "text", "code"]) place[field] = searchable(section[field]);
  return Object.assign(place, { title: searchable(at ? page.sections[0].heading : "") });
}

function searchable(text) {
  const words = stems(text);
  return { line: ` ${words.join(" ")} `, size: words.length, main: Math.max(1, words.filter((word) => !SMALL.has(word)).length) };
}

function term(name, ways) {
  return { name, ways };
}

function way(said, worth, begun = true) {
  return { stems: said.split(" "), worth, begun, sought: ` ${said}${begun ? "" : " "}` };
}

// How much of a term a section has in one way of saying it; 0 if it does not have it.
function worthOf({ sought, worth, begun }, place, usualSize) {
  const part = begun ? sum(sought, place, usualSize) * BEGINNING : 0;
  return worth * (begun && !part ? 0 : Math.max(part, sum(begun ? `${sought} ` : sought, place, usualSize)));
}

function sum(sought, { heading, title, explained, ofHeading, ...place }, usualSize) {
  let sum = 0;
  if (heading.line.includes(sought)) sum += ofHeading / Math.sqrt(heading.main);
  if (title.line.includes(sought)) sum += WORTH.page / Math.sqrt(title.main);
  if (explained.line.includes(sought)) sum += WORTH.explained;
  for (const field of ["text", "code"]) {
    const hits = count(place[field].line, sought);
    if (hits) sum += WORTH[field] * hits / (hits + HALF * (0.5 + 0.5 * place[field].size / usualSize[field]));
  }
  return sum;
}

function count(line, sought) {
  let hits = 0;
  for (let at = line.indexOf(sought); at >= 0; at = line.indexOf(sought, at + 1)) hits += 1;
  return hits;
}
