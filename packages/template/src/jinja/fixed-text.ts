/**
 * Decimal digits as Python rounds them: the exact binary value, and a tie to the even digit. JavaScript rounds a tie
 * away from zero.
 */

/** Most digits after the point that JavaScript writes. */
const mostDigits = 100;

/** Digits beyond the wanted ones that are enough to tell a tie: one that is none differs within them. */
const tieDigits = 30;

/** A number that is not negative with `precision` digits after the point. */
export function fixedText(value: number, precision: number): string {
  // From here on `toFixed` gives an exponent; such a number has no fraction.
  if (value >= 1e21) return BigInt(value).toString() + (precision > 0 ? `.${"0".repeat(precision)}` : "");
  return evenAtTie(value.toFixed(precision), value.toFixed(Math.min(mostDigits, precision + tieDigits)), precision);
}

/** A number that is not negative with one digit before the point, `precision` after it, and an exponent. */
export function exponentialText(value: number, precision: number): string {
  const [rounded, exponent] = value.toExponential(precision).split("e") as [string, string];
  const longer = value.toExponential(Math.min(mostDigits, precision + tieDigits)).split("e") as [string, string];
  // Where rounding gave a further digit before the point there was no tie at the end.
  return `${longer[1] === exponent ? evenAtTie(rounded, longer[0], precision) : rounded}e${exponent}`;
}

// --- internal ---

function evenAtTie(rounded: string, exact: string, precision: number): string {
  const point = exact.indexOf(".");
  if (point < 0) return rounded;
  const kept = exact.slice(0, precision === 0 ? point : point + 1 + precision);
  const isTie = /^50*$/.test(exact.slice(point + 1 + precision));
  return isTie && Number(kept.at(-1)) % 2 === 0 ? kept : rounded;
}
