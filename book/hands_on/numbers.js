// Numbers, as a reader types them and as the figures write them.

/** A number with at most four digits and a real minus sign. */
export const format = (x) => String(Number(x.toPrecision(4))).replaceAll("-", "−");

const NUMBER = /^(?<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$|^(?<over>[+-]?\d+)\s*\/\s*(?<under>\d+)$/i;

/** The number that is typed: an integer, a decimal or a fraction of two integers. Anything else is NaN: nothing is left out or guessed. */
export function parse(typed) {
  const { number, over, under } = NUMBER.exec(typed.trim().replaceAll("−", "-"))?.groups ?? {};
  return under ? over / under : Number(number);
}

// The largest number that a field takes, and minus the smallest.
const LIMIT = 100;
export const takes = (x) => Math.abs(x) <= LIMIT;
export const NUMBERS = `a number from ${format(-LIMIT)} to ${LIMIT}, such as 3, −0.25 or 1/2`;

// Of what was typed, a message quotes so many characters.
const QUOTED = 20;
const quoted = (typed) => (typed.length > QUOTED ? `${typed.slice(0, QUOTED - 1)}…` : typed);

/** Why a field does not take what was typed. */
export const refusal = (field, typed, kept) =>
  `${field}: “${quoted(typed)}” is not ${NUMBERS}. The figure still shows ${format(kept)}.`;

export const LONGEST_REFUSAL = refusal("W1, row 1, column 1", "W".repeat(QUOTED), -99.99);
