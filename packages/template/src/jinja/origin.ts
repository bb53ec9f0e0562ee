import type { SegmentOrigin } from "@palaver/core";

/** Who wrote a run of characters. Compared by identity: equal origins of one rendering are one object. */
export interface Origin {
  readonly origin: SegmentOrigin;
  /** The role of the message that it came from. */
  readonly role?: string;
  /** The index of that message. */
  readonly messageIndex?: number;
  /** True for what a template wrote between its generation markers. */
  readonly generated?: true;
}

/** The template's own text: the only origin that may become control tokens. */
export const templateOrigin: Origin = { origin: "template" };

/** The same origin, marked as written between generation markers; always the same object for the same origin. */
export function generatedTwin(origin: Origin): Origin {
  if (origin.generated) return origin;
  let twin = twins.get(origin);
  if (twin === undefined) {
    twin = { ...origin, generated: true };
    twins.set(origin, twin);
  }
  return twin;
}

/** The first of these origins that is not the template's; the template's where all are. */
export function leastTrusted(...origins: readonly Origin[]): Origin {
  return origins.find((origin) => origin.origin !== "template") ?? templateOrigin;
}

// --- internal ---

const twins = new WeakMap<Origin, Origin>();
