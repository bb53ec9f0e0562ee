import { blockRandom } from "./block-source.ts";
import type { Lessons, OpenLessons } from "./lessons.ts";

/** The first so many texts, dialogues and holes of lessons, again and again in random order: what a miniature learns by heart. */
export function fewLessons(
  openLessons: OpenLessons,
  { seed, count }: { readonly seed: number; readonly count: number },
): OpenLessons {
  const lessons = openLessons(seed);
  const few = {
    text: Array.from({ length: count }, () => lessons.text()),
    dialogue: Array.from({ length: count }, () => lessons.dialogue()),
    fim: Array.from({ length: count }, () => lessons.fim()),
  };
  return (openedSeed) => {
    const random = blockRandom(openedSeed, 0);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    return {
      text: () => pick(few.text),
      dialogue: () => pick(few.dialogue),
      fim: () => pick(few.fim),
    } satisfies Lessons;
  };
}
