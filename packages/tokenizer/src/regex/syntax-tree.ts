import type { CharSet } from "./char-set.ts";

/** A place that matches without taking a character. */
export type Anchor =
  | "text-start"
  | "text-end"
  | "text-end-line"
  | "line-start"
  | "line-end"
  | "word"
  | "not-word"
  | "search-start";

/** A pattern as a tree. */
export type Node =
  | { readonly type: "empty" }
  | { readonly type: "set"; readonly set: CharSet }
  | { readonly type: "sequence"; readonly items: readonly Node[] }
  | { readonly type: "choice"; readonly options: readonly Node[] }
  | {
      readonly type: "repeat";
      readonly item: Node;
      readonly min: number;
      readonly max: number;
      readonly mode: "greedy" | "lazy" | "possessive";
    }
  | { readonly type: "group"; readonly item: Node; readonly index: number }
  | { readonly type: "reference"; readonly index: number }
  | { readonly type: "atomic"; readonly item: Node }
  | { readonly type: "look"; readonly item: Node; readonly behind: boolean; readonly negative: boolean }
  | { readonly type: "anchor"; readonly anchor: Anchor };

/** The fewest and the most characters that a node takes. */
export function widthOf(node: Node): { readonly min: number; readonly max: number } {
  switch (node.type) {
    case "set":
      return { min: 1, max: 1 };
    case "sequence": {
      const widths = node.items.map(widthOf);
      return { min: sum(widths.map((one) => one.min)), max: sum(widths.map((one) => one.max)) };
    }
    case "choice": {
      const widths = node.options.map(widthOf);
      return { min: Math.min(...widths.map((one) => one.min)), max: Math.max(...widths.map((one) => one.max)) };
    }
    case "repeat": {
      const { min, max } = widthOf(node.item);
      return { min: min * node.min, max: max === 0 || node.max === 0 ? 0 : max * node.max };
    }
    case "group":
    case "atomic":
      return widthOf(node.item);
    case "reference":
      return { min: 0, max: Number.POSITIVE_INFINITY };
    case "empty":
    case "look":
    case "anchor":
      return { min: 0, max: 0 };
    default:
      return node satisfies never;
  }
}

/** Sets of which one has the first character of every match; undefined if a match may be empty or begin otherwise. */
export function firstSets(node: Node): readonly CharSet[] | undefined {
  switch (node.type) {
    case "set":
      return [node.set];
    case "sequence": {
      const found: CharSet[] = [];
      for (const item of node.items) {
        const { min, max } = widthOf(item);
        // What takes no character says nothing of the first one.
        if (max === 0) continue;
        const sets = possibleFirst(item);
        if (sets === undefined) return undefined;
        found.push(...sets);
        if (min > 0) return found;
      }
      return undefined;
    }
    case "choice": {
      const all = node.options.map(firstSets);
      return all.every((sets) => sets !== undefined) ? all.flat() : undefined;
    }
    case "repeat":
      return node.min > 0 ? firstSets(node.item) : undefined;
    case "group":
    case "atomic":
      return firstSets(node.item);
    default:
      return undefined;
  }
}

// --- internal ---

/** The same for a part that may be left out as a whole. */
function possibleFirst(node: Node): readonly CharSet[] | undefined {
  return node.type === "repeat" && node.min === 0 ? firstSets(node.item) : firstSets(node);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
