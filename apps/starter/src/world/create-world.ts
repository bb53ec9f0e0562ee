import { hole } from "./code/holes.ts";
import { type Dialogue, type Fim, lengthOf, longestDialogue } from "./dialogue.ts";
import { isHeldOut } from "./held-out.ts";
import { anyDialogue } from "./mixture.ts";
import { anyProse } from "./prose/prose.ts";
import { createRandom } from "./random.ts";

/** Endless streams of lessons. */
export interface World {
  /** Plain text: what a base model reads. */
  text(): string;
  /** A dialogue of one of all tasks. */
  dialogue(): Dialogue;
  /** A small TypeScript function with a hole. */
  fim(): Fim;
}

/** Opens the world: everything follows from the seed, and nothing of the exams is in it. */
export function createWorld(seed: number): World {
  const random = createRandom(seed);
  return {
    text: () =>
      drawn(
        () => anyProse(random),
        (text) => !isHeldOut(text),
      ),
    dialogue: () =>
      drawn(
        () => anyDialogue(random, "train"),
        (dialogue) =>
          lengthOf(dialogue) <= longestDialogue &&
          !dialogue.messages.some(
            ({ role, content }) => role === "user" && typeof content === "string" && isHeldOut(content),
          ),
      ),
    fim: () => {
      const { task, prefix, middle, suffix } = hole(random, "train");
      return { task, prefix, middle, suffix };
    },
  };
}

// --- internal ---

function drawn<T>(draw: () => T, isGood: (value: T) => boolean): T {
  for (;;) {
    const value = draw();
    if (isGood(value)) return value;
  }
}
