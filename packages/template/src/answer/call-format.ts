import type { JsonObject, ToolDefinition } from "@palaver/core";
import type { AnswerReader, Streaming } from "./answer-reader.ts";

/** A call as the model wrote it. */
export interface WrittenCall {
  readonly name: string;
  readonly arguments: JsonObject;
  /** The model's own id, where the format has a usable one. */
  readonly id?: string;
}

/** What a place in the answer turned out to be. `text` means no call after all, whatever the reader has passed. */
export type CallReading =
  | { readonly type: "calls"; readonly calls: readonly WrittenCall[] }
  | { readonly type: "broken"; readonly reason: string }
  | { readonly type: "text" };

/** Where in the answer a call begins. */
export interface CallPlace {
  /** True for a marker spelled by text in the middle of a line, where a sentence may be about it. */
  readonly inline: boolean;
  /** True straight after another call. */
  readonly afterCall: boolean;
}

/** Reads a call; the reader stands behind the opening marker, or at the first sign of a call without one. */
export type CallReader = (reader: AnswerReader, place: CallPlace) => Streaming<CallReading>;

/** A marker that begins a call wherever it stands in the text. */
export interface CallOpener {
  readonly marker: string;
  readonly read: CallReader;
  /** Ends a call that is broken. Default: it takes the rest of the answer. */
  readonly close?: string;
  /** True for a marker that is no call, so that it counts although no tool was offered. Default: false. */
  readonly withoutTools?: boolean;
}

/** How one family of models writes calls. */
export interface CallFormat {
  /** True where the source of a chat template shows this format. */
  readonly appearsIn: (templateSource: string) => boolean;
  /** Markers that the family's published vocabularies hold as control tokens. Default: none. */
  readonly controlMarkers?: readonly string[];
  /** The markers that begin a call. Default: none. */
  readonly openers?: (tools: readonly ToolDefinition[]) => readonly CallOpener[];
  /** Calls that nothing marks; tried at the start of the answer and behind other calls, until there is text. Default: none. */
  readonly bareCalls?: (tools: readonly ToolDefinition[]) => readonly CallReader[];
  /** The id of the call with this index, where the model gives none. Default: `call_0`, `call_1` and so on. */
  readonly callId?: (index: number) => string;
}

/** A marker that stands for nothing by itself: it is left out of the text. */
export function silentMarker(marker: string): CallOpener {
  return {
    marker,
    // biome-ignore lint/correctness/useYield: there is nothing to wait for.
    *read() {
      return calls();
    },
  };
}

/** No call after all. */
export const TEXT: CallReading = { type: "text" };

/** A call that cannot be used, and why. */
export function broken(reason: string): Extract<CallReading, { readonly type: "broken" }> {
  return { type: "broken", reason };
}

/** Calls that can be used. */
export function calls(...written: readonly WrittenCall[]): CallReading {
  return { type: "calls", calls: written };
}
