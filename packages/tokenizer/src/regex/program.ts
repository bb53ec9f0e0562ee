import { PalaverError } from "@palaver/core";
import { limits } from "../limits.ts";
import { CharSet } from "./char-set.ts";
import { type Anchor, firstSets, type Node, widthOf } from "./syntax-tree.ts";

/** One step of a compiled pattern. After it comes the next one, unless it says otherwise. */
export type Instruction =
  | { readonly op: "set"; readonly set: CharSet }
  /** A run of characters of a set: as many as possible, and fewer on the way back unless possessive. `point`: -1 for none. */
  | { op: "run"; set: CharSet; min: number; max: number; possessive: boolean; point: number }
  /** Tries `first`, and `second` if that fails. */
  | { op: "split"; first: number; second: number; point: number }
  | { op: "jump"; to: number }
  | { readonly op: "anchor"; readonly anchor: Anchor }
  /** The next character (`behind`: the one before) is in the set, or not. */
  | { readonly op: "peek"; readonly set: CharSet; readonly behind: boolean; readonly negative: boolean }
  | { op: "look"; next: number; negative: boolean; point: number }
  /** `widths`: the numbers of characters that the body may take. */
  | { op: "behind"; next: number; negative: boolean; widths: readonly number[] }
  | { op: "atomic"; next: number }
  | { readonly op: "save"; readonly slot: number }
  /** Goes on only if characters were taken since the slot was saved. */
  | { readonly op: "progress"; readonly slot: number }
  | { readonly op: "reference"; readonly index: number }
  | { readonly op: "match" };

/** A compiled pattern. */
export interface Program {
  readonly code: readonly Instruction[];
  /** States that a search remembers. */
  readonly points: number;
  readonly slots: number;
  /** True if what fails depends on more than state and place, so that nothing may be remembered. */
  readonly hasReferences: boolean;
  readonly usesSearchStart: boolean;
  /** Has the first character of every match; undefined if that may be any, or none. */
  readonly first: CharSet | undefined;
}

/** Compiles a tree. @throws ERR_UNSUPPORTED, ERR_LIMIT */
export function compileProgram(root: Node, groups: number, hasReferences: boolean): Program {
  const compiler = new Compiler(hasReferences, 2 * (groups + 1));
  compiler.emit(root, hasReferences);
  compiler.push({ op: "match" });
  const sets = firstSets(root);
  return {
    code: compiler.code,
    points: compiler.points,
    slots: compiler.slots,
    hasReferences,
    usesSearchStart: compiler.usesSearchStart,
    first: sets && new CharSet((code) => sets.some((set) => set.has(code))),
  };
}

// --- internal ---

type Split = Extract<Instruction, { op: "split" }>;

class Compiler {
  readonly code: Instruction[] = [];
  points = 0;
  usesSearchStart = false;
  slots: number;
  readonly #saves: boolean;

  constructor(saves: boolean, slots: number) {
    this.#saves = saves;
    this.slots = slots;
  }

  push<T extends Instruction>(instruction: T): T {
    if (this.code.length >= limits.patternStates) {
      throw new PalaverError("ERR_LIMIT", `a pattern needs more than ${limits.patternStates} states`, {
        details: { limit: "patternStates" },
      });
    }
    this.code.push(instruction);
    return instruction;
  }

  /** `forgetful`: nothing is remembered here, so loops must not turn without taking a character. */
  emit(node: Node, forgetful: boolean): void {
    switch (node.type) {
      case "empty":
        return;
      case "set":
        this.push({ op: "set", set: node.set });
        return;
      case "sequence":
        for (const item of node.items) this.emit(item, forgetful);
        return;
      case "choice":
        this.#choice(node.options, forgetful);
        return;
      case "repeat":
        this.#repeat(node, forgetful);
        return;
      case "group":
        if (this.#saves) this.push({ op: "save", slot: 2 * node.index });
        this.emit(node.item, forgetful);
        if (this.#saves) this.push({ op: "save", slot: 2 * node.index + 1 });
        return;
      case "reference":
        this.push({ op: "reference", index: node.index });
        return;
      case "atomic":
        this.#body({ op: "atomic", next: 0 }, node.item, forgetful);
        return;
      case "look":
        this.#look(node, forgetful);
        return;
      case "anchor":
        if (node.anchor === "search-start") this.usesSearchStart = true;
        this.push({ op: "anchor", anchor: node.anchor });
        return;
      default:
        node satisfies never;
    }
  }

  #choice(options: readonly Node[], forgetful: boolean): void {
    const jumps: { op: "jump"; to: number }[] = [];
    for (const [index, option] of options.entries()) {
      const isLast = index === options.length - 1;
      const split = isLast ? undefined : this.#split();
      if (split) split.first = this.code.length;
      this.emit(option, forgetful);
      if (!isLast) jumps.push(this.push({ op: "jump", to: 0 }));
      if (split) split.second = this.code.length;
    }
    for (const jump of jumps) jump.to = this.code.length;
  }

  #repeat(node: Extract<Node, { type: "repeat" }>, forgetful: boolean): void {
    const { item, min, max, mode } = node;
    if (max === 0) return;
    if (item.type === "set" && mode !== "lazy") {
      const point = mode === "greedy" && max === Number.POSITIVE_INFINITY ? this.points++ : -1;
      this.push({ op: "run", set: item.set, min, max, possessive: mode === "possessive", point });
      return;
    }
    if (mode === "possessive") {
      this.#body({ op: "atomic", next: 0 }, { ...node, mode: "greedy" }, forgetful);
      return;
    }
    for (let count = 0; count < min; count++) this.emit(item, forgetful);
    const isLazy = mode === "lazy";
    if (max === Number.POSITIVE_INFINITY) {
      const split = this.#split();
      const start = this.code.length - 1;
      // Where nothing is remembered, a turn that takes no character would go on for ever.
      const slot = forgetful && widthOf(item).min === 0 ? this.slots++ : -1;
      if (slot >= 0) this.push({ op: "save", slot });
      this.emit(item, forgetful);
      if (slot >= 0) this.push({ op: "progress", slot });
      this.push({ op: "jump", to: start });
      this.#aim(split, start + 1, this.code.length, isLazy);
      return;
    }
    const splits: [Split, number][] = [];
    for (let count = min; count < max; count++) {
      splits.push([this.#split(), this.code.length]);
      this.emit(item, forgetful);
    }
    for (const [split, start] of splits) this.#aim(split, start, this.code.length, isLazy);
  }

  #look(node: Extract<Node, { type: "look" }>, forgetful: boolean): void {
    const { item, behind, negative } = node;
    if (item.type === "set") {
      this.push({ op: "peek", set: item.set, behind, negative });
      return;
    }
    if (!behind) {
      this.#body({ op: "look", next: 0, negative, point: this.points++ }, item, forgetful);
      return;
    }
    const { min, max } = widthOf(item);
    if (max - min > mostWidths) throw new PalaverError("ERR_UNSUPPORTED", "a pattern looks back over an open length");
    const widths = Array.from({ length: max - min + 1 }, (_, index) => min + index);
    this.#body({ op: "behind", next: 0, negative, widths }, item, true);
  }

  /** An instruction with a body of its own, which ends in a match of its own. */
  #body(head: Extract<Instruction, { next: number }>, item: Node, forgetful: boolean): void {
    this.push(head);
    this.emit(item, forgetful);
    this.push({ op: "match" });
    head.next = this.code.length;
  }

  #split(): Split {
    return this.push({ op: "split", first: 0, second: 0, point: this.points++ });
  }

  #aim(split: Split, inner: number, after: number, isLazy: boolean): void {
    split.first = isLazy ? after : inner;
    split.second = isLazy ? inner : after;
  }
}

/** Lengths that a look back tries one by one. */
const mostWidths = 255;
