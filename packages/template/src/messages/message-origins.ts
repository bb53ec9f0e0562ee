import type { SegmentOrigin } from "@palaver/core";
import { type Origin, templateOrigin } from "../jinja/origin.ts";
import { reasoningKeys } from "./source-names.ts";

/** The origins of the parts of one message; each part has one object for the whole rendering. */
export class MessageOrigins {
  readonly #role: string;
  readonly #messageIndex: number;
  readonly #isKnownRole: boolean;
  readonly #made = new Map<SegmentOrigin, Origin>();

  constructor(role: string, messageIndex: number, knownRoles: ReadonlySet<string>) {
    this.#role = role;
    this.#messageIndex = messageIndex;
    this.#isKnownRole = knownRoles.has(role);
  }

  of(origin: SegmentOrigin): Origin {
    let made = this.#made.get(origin);
    if (made === undefined) {
      made = { origin, role: this.#role, messageIndex: this.#messageIndex };
      this.#made.set(origin, made);
    }
    return made;
  }

  /** The origin of the value under a key of the message, as the template spells the key. */
  ofKey(key: string): Origin {
    switch (key) {
      case "role":
        // One of a closed set of words that the template itself spells: the message only chooses among them.
        return this.#isKnownRole ? templateOrigin : this.of("role");
      case "content":
        return this.of("content");
      case "name":
      case "tool_call_id":
        return this.of("name");
      case "tool_calls":
        return this.of("tool-call");
      default:
        return this.of(reasoningKeys.includes(key) || key === "tool_plan" ? "reasoning" : "variable");
    }
  }
}
