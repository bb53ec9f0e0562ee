import type { Run } from "./run.ts";

/**
 * Takes the steps that a search for `wanted` characters in `length` may cost: a search compares up to
 * `length * wanted` characters on hostile texts, although real ones need about `length`.
 */
export function chargeSearch(run: Run, length: number, wanted: number): void {
  run.budget.step(Math.ceil((length * Math.max(wanted, 1)) / 64));
}

/** The places of `wanted` in `text`, left to right without overlap; an empty `wanted` is before each unit and at the end. */
export function findAll(text: string, wanted: string, maximum: number, run: Run): number[] {
  chargeSearch(run, text.length, wanted.length);
  const places: number[] = [];
  const step = Math.max(wanted.length, 1);
  for (let at = text.indexOf(wanted); at >= 0 && places.length < maximum; at = text.indexOf(wanted, at + step)) {
    run.budget.step();
    places.push(at);
    // `indexOf` finds the empty string at the end again and again.
    if (at >= text.length) break;
  }
  return places;
}
