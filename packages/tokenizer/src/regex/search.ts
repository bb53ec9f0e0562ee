/**
 * Runs a compiled pattern over a text: backtracking in the order that the pattern prescribes, without ever trying a
 * state twice at one place. That makes its time linear in the text; a budget of steps stands behind it for the few
 * constructs (references, looking back) where nothing can be remembered.
 */
import { PalaverError } from "@palaver/core";
import { codePointAt } from "../utf8.ts";
import { bareWord } from "./char-set.ts";
import { Memo } from "./memo.ts";
import type { Instruction, Program } from "./program.ts";
import type { Anchor } from "./syntax-tree.ts";

/** One pattern on one text. */
export class Search {
  readonly #program: Program;
  readonly #text: string;
  readonly #start: number;
  readonly #end: number;
  readonly #memo: Memo;
  readonly #slots: Int32Array;
  /** Frames: instruction, place, least place of a run (-1: no run; -2: a slot to restore), length of the trail. */
  readonly #stack: number[] = [];
  /** States on the way to where the search is: point, first place, last place. */
  readonly #trail: number[] = [];
  readonly #stepsPerChar: number;
  #steps: number;
  #searchStart = 0;

  constructor(program: Program, text: string, start: number, end: number, stepsPerChar: number) {
    this.#program = program;
    this.#text = text;
    this.#start = start;
    this.#end = end;
    this.#memo = new Memo(program.points);
    this.#slots = new Int32Array(program.slots).fill(-1);
    this.#stepsPerChar = stepsPerChar;
    this.#steps = stepsPerChar * (end - start + 64);
  }

  /** The first match from `from` on, as start and end; undefined if there is none. */
  next(from: number): readonly [number, number] | undefined {
    this.#searchStart = from;
    if (this.#program.usesSearchStart) this.#memo.clear();
    else this.#memo.release(from - this.#start);
    const { first } = this.#program;
    for (let at = from; at <= this.#end; at += this.widthAt(at)) {
      if (first !== undefined && !(at < this.#end && first.has(codePointAt(this.#text, at, this.#end)))) continue;
      const end = this.#run(0, at, -1, !this.#program.hasReferences, false);
      if (end >= 0) return [at, end];
    }
    return undefined;
  }

  /** Units of the character at a place; 1 at the end. */
  widthAt(at: number): number {
    return at < this.#end && codePointAt(this.#text, at, this.#end) > 0xffff ? 2 : 1;
  }

  /** Runs from an instruction to its match, which must end at `target` unless that is -1. Gives the end or -1. */
  #run(from: number, start: number, target: number, remembers: boolean, isLook: boolean): number {
    const { code } = this.#program;
    const floor = this.#stack.length;
    const trailFloor = this.#trail.length;
    let pc = from;
    let at = start;
    for (;;) {
      if (--this.#steps < 0) this.#exhausted();
      const step = code[pc]!;
      let holds = true;
      switch (step.op) {
        case "set":
          holds = at < this.#end && step.set.has(codePointAt(this.#text, at, this.#end));
          if (holds) at += this.widthAt(at);
          pc++;
          break;
        case "run": {
          const stop = this.#takeRun(step, pc, at, remembers, isLook);
          if (stop === succeeded) return this.#leave(floor, trailFloor, true, start);
          holds = stop >= 0;
          at = stop;
          pc++;
          break;
        }
        case "split":
          if (remembers) {
            holds = !this.#memo.isSeen(step.point, at - this.#start);
            if (!holds) {
              if (isLook && this.#memo.hasSucceeded(step.point, at - this.#start)) {
                return this.#leave(floor, trailFloor, true, start);
              }
              break;
            }
            this.#memo.see(step.point, at - this.#start);
            this.#trail.push(step.point, at, at);
          }
          this.#stack.push(step.second, at, -1, this.#trail.length);
          pc = step.first;
          break;
        case "jump":
          pc = step.to;
          break;
        case "anchor":
          holds = this.#isAt(step.anchor, at);
          pc++;
          break;
        case "peek":
          holds = this.#peek(step.behind, at, step.set) !== step.negative;
          pc++;
          break;
        case "look":
          holds = this.#look(step.point, pc + 1, at, remembers) !== step.negative;
          pc = step.next;
          break;
        case "behind":
          holds = this.#behind(step.widths, pc + 1, at) !== step.negative;
          pc = step.next;
          break;
        case "atomic": {
          const end = this.#run(pc + 1, at, -1, remembers, false);
          holds = end >= 0;
          at = end;
          pc = step.next;
          break;
        }
        case "save":
          this.#stack.push(step.slot, this.#slots[step.slot]!, -2, this.#trail.length);
          this.#slots[step.slot] = at;
          pc++;
          break;
        case "progress":
          holds = at > this.#slots[step.slot]!;
          pc++;
          break;
        case "reference": {
          const end = this.#afterReference(step.index, at);
          holds = end >= 0;
          at = end;
          pc++;
          break;
        }
        case "match":
          holds = target < 0 || at === target;
          if (holds) return this.#leave(floor, trailFloor, isLook, at);
          break;
        default:
          step satisfies never;
      }
      if (holds) continue;
      const resumed = this.#backtrack(floor);
      if (resumed < 0) {
        this.#trail.length = trailFloor;
        return -1;
      }
      pc = resumed;
      at = this.#resumeAt;
    }
  }

  #resumeAt = 0;

  /** Takes the latest way not tried yet: its instruction, with `#resumeAt`; -1 if there is none above `floor`. */
  #backtrack(floor: number): number {
    const stack = this.#stack;
    while (stack.length > floor) {
      const trailLength = stack.pop()!;
      const least = stack.pop()!;
      const at = stack.pop()!;
      const pc = stack.pop()!;
      this.#trail.length = trailLength;
      if (least === -2) {
        this.#slots[pc] = at;
        continue;
      }
      if (least < 0) {
        this.#resumeAt = at;
        return pc;
      }
      // A run gives back one character.
      const back = at - this.#widthBefore(at);
      if (back > least) stack.push(pc, back, least, trailLength);
      const run = this.#program.code[pc - 1];
      if (run?.op === "run" && run.point >= 0 && trailLength > 0) this.#trail[trailLength - 1] = back;
      this.#resumeAt = back;
      return pc;
    }
    return -1;
  }

  /** Ends a run: the ways not tried are dropped, and the states on the way did not fail. */
  #leave(floor: number, trailFloor: number, isLook: boolean, end: number): number {
    const trail = this.#trail;
    this.#stack.length = floor;
    for (let i = trailFloor; i < trail.length; i += 3) {
      for (let at = trail[i + 1]!; at <= trail[i + 2]!; at++) {
        if (isLook) this.#memo.succeed(trail[i]!, at - this.#start);
        else this.#memo.forget(trail[i]!, at - this.#start);
      }
    }
    trail.length = trailFloor;
    return end;
  }

  /** Takes a run of characters: its end, -1 for too few, or `succeeded` in a look where the rest is known to hold. */
  #takeRun(
    step: Extract<Instruction, { op: "run" }>,
    pc: number,
    from: number,
    remembers: boolean,
    isLook: boolean,
  ): number {
    let at = from;
    let count = 0;
    for (; count < step.min; count++) {
      if (!this.#hasAt(step, at)) return -1;
      at += this.widthAt(at);
    }
    const least = at;
    const isMarked = remembers && step.point >= 0;
    if (isMarked && this.#memo.isSeen(step.point, at - this.#start)) {
      return isLook && this.#memo.hasSucceeded(step.point, at - this.#start) ? succeeded : -1;
    }
    if (isMarked) this.#memo.see(step.point, at - this.#start);
    for (; count < step.max && this.#hasAt(step, at); count++) {
      const next = at + this.widthAt(at);
      if (isMarked) {
        if (this.#memo.isSeen(step.point, next - this.#start)) {
          if (isLook && this.#memo.hasSucceeded(step.point, next - this.#start)) return succeeded;
          // From there on every end of the run was tried before, and failed.
          break;
        }
        this.#memo.see(step.point, next - this.#start);
      }
      at = next;
    }
    this.#steps -= count;
    if (isMarked) this.#trail.push(step.point, least, at);
    if (at > least && !step.possessive) this.#stack.push(pc + 1, at, least, this.#trail.length);
    return at;
  }

  #hasAt(step: Extract<Instruction, { op: "run" }>, at: number): boolean {
    return at < this.#end && step.set.has(codePointAt(this.#text, at, this.#end));
  }

  #look(point: number, body: number, at: number, remembers: boolean): boolean {
    const place = at - this.#start;
    if (remembers && this.#memo.isSeen(point, place)) return this.#memo.hasSucceeded(point, place);
    const holds = this.#run(body, at, -1, remembers, true) >= 0;
    if (remembers) {
      this.#memo.see(point, place);
      if (holds) this.#memo.succeed(point, place);
    }
    return holds;
  }

  #behind(widths: readonly number[], body: number, at: number): boolean {
    let from = at;
    let taken = 0;
    for (const width of widths) {
      for (; taken < width; taken++) {
        if (from <= this.#start) return false;
        from -= this.#widthBefore(from);
      }
      if (this.#run(body, from, at, false, false) >= 0) return true;
    }
    return false;
  }

  #peek(behind: boolean, at: number, set: { has(code: number): boolean }): boolean {
    if (!behind) return at < this.#end && set.has(codePointAt(this.#text, at, this.#end));
    if (at <= this.#start) return false;
    return set.has(codePointAt(this.#text, at - this.#widthBefore(at), this.#end));
  }

  #widthBefore(at: number): number {
    const isPair = at - 2 >= this.#start && codePointAt(this.#text, at - 2, at) > 0xffff;
    return isPair ? 2 : 1;
  }

  #afterReference(index: number, at: number): number {
    const from = this.#slots[2 * index] ?? -1;
    const to = this.#slots[2 * index + 1] ?? -1;
    if (from < 0 || to < from || at + to - from > this.#end) return -1;
    this.#steps -= to - from;
    return this.#text.startsWith(this.#text.slice(from, to), at) ? at + to - from : -1;
  }

  #isAt(anchor: Anchor, at: number): boolean {
    const text = this.#text;
    switch (anchor) {
      case "text-start":
        return at === this.#start;
      case "text-end":
        return at === this.#end;
      case "text-end-line":
        return at === this.#end || (at === this.#end - 1 && text[at] === "\n");
      case "line-start":
        return at === this.#start || (at < this.#end && text[at - 1] === "\n");
      case "line-end":
        return at === this.#end || text[at] === "\n";
      case "word":
        return this.#peek(true, at, word) !== this.#peek(false, at, word);
      case "not-word":
        return this.#peek(true, at, word) === this.#peek(false, at, word);
      case "search-start":
        return at === this.#searchStart;
      default:
        return anchor satisfies never;
    }
  }

  #exhausted(): never {
    throw new PalaverError(
      "ERR_LIMIT",
      `a split pattern took more than ${this.#stepsPerChar} steps a character: shorten the text or use another model`,
      { details: { limit: "patternStepsPerChar" } },
    );
  }
}

// --- internal ---

const succeeded = -3;
const word = { has: bareWord };
