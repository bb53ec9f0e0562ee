import type { AnswerEvent, ToolDefinition } from "@palaver/core";
import { type AnswerInput, controlSign, END, isControlSign } from "./answer-input.ts";
import { AnswerReader, MAX_CALL_LENGTH, MAX_GAP, type Streaming } from "./answer-reader.ts";
import {
  broken,
  type CallFormat,
  type CallOpener,
  type CallPlace,
  type CallReader,
  type CallReading,
} from "./call-format.ts";
import { CallIds } from "./call-ids.ts";
import { PrefixTree } from "./prefix-tree.ts";
import { readReasoning } from "./read-reasoning.ts";
import type { ReasoningFormat } from "./reasoning-format.ts";
import { takeText } from "./take-text.ts";

/** All that is known before an answer begins. */
export interface AnswerSetup {
  readonly format: CallFormat;
  readonly reasoning: ReasoningFormat | undefined;
  readonly startsInReasoning: boolean;
  readonly tools: readonly ToolDefinition[];
  readonly isControl: (spelling: string) => boolean;
  readonly firstCallIndex: number;
}

/** Takes what an answer turned out to be. */
export type Emit = (event: AnswerEvent) => void;

/**
 * Reads one answer. Blanks that touch reasoning or a call are not text: before the marker they are dropped, behind it
 * they are kept only where they separate earlier text from later. Control tokens that mean nothing here are dropped.
 */
export function* readAnswer(input: AnswerInput, setup: AnswerSetup, emit: Emit): Streaming<void> {
  const { reasoning, tools, isControl } = setup;
  const forms = callForms(setup);
  const ids = new CallIds(setup.format, setup.firstCallIndex);
  let last: "nothing" | "reasoning" | "call" | "text" = "nothing";
  let wroteText = false;
  if (reasoning !== undefined && setup.startsInReasoning) {
    yield* readReasoning(input, reasoning, setup, emit);
    last = "reasoning";
  }
  for (;;) {
    const reader = new AnswerReader(input, { limit: MAX_GAP + MAX_CALL_LENGTH, isControl });
    yield* reader.spaces(MAX_GAP);
    const gap = reader.position;
    const first = yield* reader.peek();

    if (reasoning !== undefined && (yield* opens(reader, reasoning.open, last === "nothing"))) {
      input.take(reader.position);
      yield* readReasoning(input, reasoning, setup, emit);
      last = "reasoning";
      continue;
    }

    const inline = last === "text" && !isControlSign(first) && !reader.textFrom(0, gap).includes("\n");
    // Once there is text, calls without a marker are over: each form looks ahead in vain at most once in an answer.
    const place = { inline, afterCall: last === "call", bare: !wroteText };
    const reading = yield* readCall(reader, forms, place);
    if (reading !== undefined) {
      const isRefused = reading.type === "calls" && reading.calls.length > 0 && tools.length === 0;
      const result = isRefused ? broken("no tool was offered") : reading;
      if (result.type === "broken") emit({ type: "tool-call-error", raw: reader.textFrom(gap), reason: result.reason });
      else for (const call of result.calls) emit({ type: "tool-call", ...call, id: ids.next(call.id) });
      input.take(reader.position);
      last = "call";
      continue;
    }

    const keepsGap = first === END ? last === "text" || last === "nothing" : last === "nothing" || wroteText;
    const blanks = input.take(gap);
    if (keepsGap && blanks !== "") emit({ type: "text-delta", text: blanks });
    if (first === END) return;
    const text = takeText(input, (sign) => forms.openers.branches.has(sign));
    if (text === "") continue;
    emit({ type: "text-delta", text });
    last = "text";
    wroteText = true;
  }
}

// --- internal ---

// A sentence later on may be about the marker, so only the token counts there.
function* opens(reader: AnswerReader, marker: string, mayBeText: boolean): Streaming<boolean> {
  return mayBeText ? yield* reader.marker(marker) : yield* reader.controlToken(marker);
}

interface CallForms {
  readonly openers: PrefixTree<CallOpener>;
  readonly bareCalls: readonly CallReader[];
}

/** The markers: as text where text may spell them and there is something to call, and always as control tokens. */
function callForms({ format, tools, isControl }: AnswerSetup): CallForms {
  const openers = new PrefixTree<CallOpener>();
  for (const opener of format.openers?.(tools) ?? []) {
    openers.addSign(controlSign(opener.marker), opener);
    const mayBeText = (tools.length > 0 || opener.withoutTools === true) && !isControl(opener.marker);
    if (mayBeText) openers.addText(opener.marker, opener);
  }
  return { openers, bareCalls: tools.length > 0 ? (format.bareCalls?.(tools) ?? []) : [] };
}

type UsedReading = Exclude<CallReading, { readonly type: "text" }>;

interface Place extends CallPlace {
  /** True where calls without a marker count. */
  readonly bare: boolean;
}

function* readCall(
  reader: AnswerReader,
  { openers, bareCalls }: CallForms,
  place: Place,
): Streaming<UsedReading | undefined> {
  const opener = yield* reader.match(openers);
  const candidates = opener !== undefined ? [opener.read] : place.bare ? bareCalls : [];
  const begin = reader.position;
  for (const read of candidates) {
    reader.position = begin;
    const reading = yield* read(reader, place);
    if (reading.type === "text") continue;
    const result = reader.reachedLimit ? broken(`the call is longer than ${MAX_CALL_LENGTH}`) : reading;
    if (result.type === "broken") yield* passBroken(reader, opener?.close);
    return result;
  }
  return undefined;
}

// Nothing inside of a broken call is read again: what a model quotes there must not become a call.
function* passBroken(reader: AnswerReader, close: string | undefined): Streaming<void> {
  reader.liftLimit();
  if (close === undefined) yield* reader.rest();
  else yield* reader.past(close);
}
