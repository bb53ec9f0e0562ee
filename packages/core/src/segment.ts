/**
 * Where a run of prompt text came from.
 *
 * `template` is the only origin whose text can become control tokens. Everything else was written by a person, a
 * tool or a model, and stays text whatever it spells.
 */
export type SegmentOrigin =
  | "template"
  | "content"
  | "reasoning"
  | "tool-call"
  | "tool-definition"
  | "role"
  | "name"
  | "document"
  | "variable";

/** A run of text whose characters share one origin. A rendered prompt is a list of these; their texts joined are its text. */
export interface TextSegment {
  readonly text: string;
  readonly origin: SegmentOrigin;
  /** The role of the message that the text came from; absent where it came from no message. */
  readonly role?: string;
  /** The index of that message in the rendered conversation. */
  readonly messageIndex?: number;
}

/** True where the text may be read as control tokens: only what the template wrote. */
export function isTrusted(segment: TextSegment): boolean {
  return segment.origin === "template";
}

/** The text of segments: joined without a separator. */
export function segmentsText(segments: readonly TextSegment[]): string {
  return segments.map((segment) => segment.text).join("");
}
