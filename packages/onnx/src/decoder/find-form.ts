import { PalaverError, type ValueInfo } from "@palaver/core";
import { cacheLayout, type HeadSizes } from "./cache-layout.ts";
import { type CacheNames, KNOWN_CACHE_NAMES, pairCaches } from "./cache-names.ts";
import type { DecoderForm, FormContext } from "./decoder-form.ts";
import { growingForm } from "./growing-form.ts";
import { SHARED_INPUTS, sharedForm } from "./shared-form.ts";

/** Names of a graph's inputs and outputs, for graphs that do not use the usual ones. */
export interface DecoderNames {
  /** Default: `input_ids`. */
  readonly inputIds?: string;
  /** Default: `attention_mask`. */
  readonly attentionMask?: string;
  /** Default: `position_ids`. */
  readonly positionIds?: string;
  /** Default: `logits`. */
  readonly logits?: string;
  /** Pattern of each past with that of its present. Default: `past_key_values.%d.key` and `.value`, `past_%d`. */
  readonly caches?: CacheNames;
}

export interface FindFormOptions extends HeadSizes {
  readonly vocabSize?: number;
  readonly names?: DecoderNames;
}

/** The form of a decoder graph, told from what it takes and gives. @throws ERR_UNSUPPORTED, ERR_INVALID_ARGUMENT */
export function findForm(context: FormContext, options: FindFormOptions): DecoderForm {
  const { inputs, outputs } = context.session;
  const { names = {}, vocabSize: givenVocabSize, ...heads } = options;
  const logits = requireValue(outputs, names.logits ?? "logits", "output");
  const vocabSize = knownVocabSize(logits, givenVocabSize);
  const pairs = pairCaches(inputs, outputs, names.caches ?? KNOWN_CACHE_NAMES);
  if (pairs.length === 0) {
    const list = inputs.map(({ name }) => name).join(", ");
    throw new PalaverError("ERR_UNSUPPORTED", `the graph has no caches that are known by name; its inputs are ${list}`);
  }
  const layouts = pairs.map(({ input, present }) => cacheLayout(input, present, heads));
  const others = inputs.filter((input) => !pairs.some((pair) => pair.input === input));
  if (SHARED_INPUTS.every((name) => others.some((input) => input.name === name))) {
    refuseUnknown(others, SHARED_INPUTS);
    return sharedForm(context, { layouts, logits, vocabSize });
  }
  const inputIds = requireValue(inputs, names.inputIds ?? "input_ids", "input");
  const attentionMask = findValue(inputs, names.attentionMask ?? "attention_mask");
  const positionIds = findValue(inputs, names.positionIds ?? "position_ids");
  const logitsToKeep = findValue(inputs, "num_logits_to_keep");
  const known = [inputIds, attentionMask, positionIds, logitsToKeep].flatMap((value) =>
    value === undefined ? [] : [value.name],
  );
  refuseUnknown(others, known);
  return growingForm(context, {
    layouts,
    inputIds,
    attentionMask,
    positionIds,
    logitsToKeep,
    logits: logits.name,
    vocabSize,
  });
}

// --- internal ---

function findValue(values: readonly ValueInfo[], name: string): ValueInfo | undefined {
  return values.find((value) => value.name === name);
}

function requireValue(values: readonly ValueInfo[], name: string, side: "input" | "output"): ValueInfo {
  const value = findValue(values, name);
  if (value !== undefined) return value;
  const list = values.map((other) => other.name).join(", ");
  throw new PalaverError("ERR_UNSUPPORTED", `the graph has no ${side} ${name}; it has ${list}`);
}

function refuseUnknown(inputs: readonly ValueInfo[], known: readonly string[]): void {
  const unknown = inputs.filter(({ name }) => !known.includes(name)).map(({ name }) => name);
  if (unknown.length === 0) return;
  throw new PalaverError("ERR_UNSUPPORTED", `nobody knows what to feed to the graph's inputs ${unknown.join(", ")}`);
}

function knownVocabSize(logits: ValueInfo, given: number | undefined): number {
  const size = logits.shape.at(-1);
  if (typeof size === "number") return size;
  if (given !== undefined && Number.isInteger(given) && given >= 1) return given;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `the graph leaves the size of its vocabulary open: give vocabSize`);
}
