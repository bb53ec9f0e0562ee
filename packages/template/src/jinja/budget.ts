import { PalaverError } from "@palaver/core";

/** What a template may cost. A template comes with a model, so it is as untrusted as the model's file. */
export interface RenderLimits {
  /** Characters of a template's source. Default: 1,048,576; the longest published ones have about 20,000. */
  readonly maxSourceCharacters?: number;
  /** How deep expressions and blocks may nest in the source. Default: 120, which is more than any person writes. */
  readonly maxNesting?: number;
  /**
   * Evaluated nodes and list items made in one rendering; a loop's turn counts as 4, a macro's call as 12.
   * Default: 4,000,000, which takes under a second.
   */
  readonly maxSteps?: number;
  /** Characters written in one rendering, intermediate texts included. Default: 33,554,432, which is at most 64 MB. */
  readonly maxCharacters?: number;
  /** Evaluations inside evaluations, calls of macros included. Default: 800, which fits the smallest stacks in use. */
  readonly maxDepth?: number;
}

export const defaultLimits: Required<RenderLimits> = {
  maxSourceCharacters: 1_048_576,
  maxNesting: 120,
  maxSteps: 4_000_000,
  maxCharacters: 33_554_432,
  maxDepth: 800,
};

/** What is left of the limits in one rendering. */
export class Budget {
  readonly #limits: Required<RenderLimits>;
  #steps: number;
  #characters: number;
  #depth = 0;

  constructor(limits: Required<RenderLimits>) {
    this.#limits = limits;
    this.#steps = limits.maxSteps;
    this.#characters = limits.maxCharacters;
  }

  /** Takes steps. @throws ERR_LIMIT */
  step(count = 1): void {
    this.#steps -= count;
    if (this.#steps < 0) throw overrun("maxSteps", this.#limits.maxSteps, "steps");
  }

  /** Takes characters that are about to be written. @throws ERR_LIMIT */
  charge(characters: number): void {
    this.#characters -= characters;
    if (this.#characters < 0) throw overrun("maxCharacters", this.#limits.maxCharacters, "characters");
  }

  /** One level deeper; `leave` comes back. After an error the budget is not used again. @throws ERR_LIMIT */
  enter(): void {
    this.step();
    if (++this.#depth > this.#limits.maxDepth) throw overrun("maxDepth", this.#limits.maxDepth, "nested evaluations");
  }

  leave(): void {
    this.#depth--;
  }

  /** Fails unless a structure that is walked recursively is at most this deep. @throws ERR_LIMIT */
  checkDepth(depth: number): void {
    if (depth > maxValueDepth) throw overrun("maxValueDepth", maxValueDepth, "levels of nested values");
  }
}

/** How deep lists and objects may nest where they are walked: above any JSON schema, below the stack's end. */
export const maxValueDepth = 200;

// --- internal ---

function overrun(limit: string, value: number, unit: string): PalaverError {
  return new PalaverError("ERR_LIMIT", `the template needs more than ${value} ${unit}: simplify it or raise ${limit}`, {
    details: { limit, value },
  });
}
