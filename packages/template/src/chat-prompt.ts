import type { RenderedPrompt, SegmentOrigin, TextSegment } from "@palaver/core";
import type { Origin } from "./jinja/origin.ts";
import type { Text } from "./jinja/text.ts";

/** A part of a prompt's text, in UTF-16 units: `[start, end)`. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Where something that the template did not write lies. It may be empty: an empty content that was written. */
export interface OriginRange extends TextRange {
  readonly origin: Exclude<SegmentOrigin, "template">;
  readonly role?: string;
  readonly messageIndex?: number;
}

/** A rendered conversation with all that is known about its characters. */
export interface ChatPrompt extends RenderedPrompt {
  /** What messages, tools, documents and variables wrote, in the order of the text. */
  readonly ranges: readonly OriginRange[];
  /** What the template wrote between `{% generation %}` markers, in the order of the text. */
  readonly generations: readonly TextRange[];
}

/** The prompt behind a template's output. */
export function chatPrompt(output: Text): ChatPrompt {
  const segments: TextSegment[] = [];
  const ranges: OriginRange[] = [];
  const generations: TextRange[] = [];
  let start = 0;
  output.ends.forEach((end, run) => {
    const origin = output.origins[run]!;
    addSegment(segments, output.text.slice(start, end), origin);
    if (origin.generated) extend(generations, start, end);
    if (origin.origin !== "template") addRange(ranges, start, end, origin);
    start = end;
  });
  return { text: output.text, segments, ranges, generations };
}

// --- internal ---

function place({ role, messageIndex }: Origin): { role?: string; messageIndex?: number } {
  return { ...(role !== undefined && { role }), ...(messageIndex !== undefined && { messageIndex }) };
}

function addSegment(segments: TextSegment[], text: string, origin: Origin): void {
  if (text === "") return;
  const last = segments.at(-1);
  if (last && isSame(last, origin)) segments[segments.length - 1] = { ...last, text: last.text + text };
  else segments.push({ text, origin: origin.origin, ...place(origin) });
}

function isSame(a: TextSegment | OriginRange, b: Origin): boolean {
  return a.origin === b.origin && a.role === b.role && a.messageIndex === b.messageIndex;
}

function addRange(ranges: OriginRange[], start: number, end: number, origin: Origin): void {
  const last = ranges.at(-1);
  if (last && last.end === start && isSame(last, origin)) ranges[ranges.length - 1] = { ...last, end };
  // The caller asked that it is not the template's.
  else ranges.push({ start, end, origin: origin.origin as OriginRange["origin"], ...place(origin) });
}

function extend(generations: TextRange[], start: number, end: number): void {
  const last = generations.at(-1);
  if (last && last.end === start) generations[generations.length - 1] = { start: last.start, end };
  else if (end > start) generations.push({ start, end });
}
