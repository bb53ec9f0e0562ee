/**
 * Decoders whose cache is a buffer of fixed capacity that attention updates in place (GroupQueryAttention with past
 * and present in one tensor). Inputs: `input_ids` int64 (batch, tokens), `seqlens_k` int32 (batch) = all tokens minus 1,
 * `total_sequence_length` int32 (), `logit_rows` int64 (rows) = which of the flattened (batch * tokens) positions get logits,
 * `past_key_values.N.key` and `.value` (batch, kvHeads, capacity, headDim). Outputs: `logits` (rows, vocab), `present.N.*`.
 *
 * A step writes behind the tokens that a cache holds and nowhere else, so a step that fails needs no undoing. Only what is no
 * number has to go, on devices whose kernels multiply what is there by zero.
 */

import type { Runtime, RuntimeTensor, TensorType } from "@palaver/core";
import { bytesPerPosition, type CacheLayout } from "./cache-layout.ts";
import { cacheMemory } from "./cache-memory.ts";
import type { CacheState } from "./cache-state.ts";
import type { DecoderForm, FormContext, ForwardCall, ForwardResult } from "./decoder-form.ts";
import { logitsRows } from "./logits-rows.ts";

/** What the graph calls its values; fixed by the form. */
export const SHARED_INPUTS = ["input_ids", "seqlens_k", "total_sequence_length", "logit_rows"] as const;

export interface SharedFormOptions {
  readonly layouts: readonly CacheLayout[];
  readonly logits: { readonly name: string; readonly type: TensorType };
  readonly vocabSize: number;
}

/** The form over a session that has the inputs above. */
export function sharedForm({ runtime, session }: FormContext, options: SharedFormOptions): DecoderForm {
  const { layouts, logits, vocabSize } = options;
  // What a step of one token takes and gives: kept, since making them anew costs more than everything else around a run.
  const lastRow = runtime.tensor(logits.type, [1, vocabSize]);
  const oneToken = stepInputs(runtime, { tokens: [0], total: 1, rows: [0] });

  const memory = cacheMemory(runtime, layouts);

  const feedsOf = (inputs: StepInputs, state: CacheState): Record<string, RuntimeTensor> => {
    const feeds: Record<string, RuntimeTensor> = { ...inputs };
    for (const [i, { past }] of layouts.entries()) feeds[past] = state.tensors[i]!;
    return feeds;
  };
  const fetchesOf = (output: RuntimeTensor, state: CacheState): Record<string, RuntimeTensor> => {
    const fetches: Record<string, RuntimeTensor> = { [logits.name]: output };
    for (const [i, { present }] of layouts.entries()) fetches[present] = state.tensors[i]!;
    return fetches;
  };
  /** The same tensors at every token of a sequence: bound, so that nobody looks at 60 caches for each. */
  const runOne = ({ state, start, tokens, signal }: ForwardCall): Promise<void> => {
    fillInputs(oneToken, { tokens, total: start + 1, rows: [0] });
    const bound = state.boundTo(session, () => session.bind(feedsOf(oneToken, state), fetchesOf(lastRow, state)));
    return bound.run(signal === undefined ? {} : { signal });
  };
  /** Logits that are no numbers come of keys and values that are none. */
  const readRows = (output: RuntimeTensor, count: number, { state, start, into }: ForwardCall): Float32Array => {
    try {
      return logitsRows(output, { vocabSize, first: 0, count, into });
    } catch (error) {
      memory.forget(state, start);
      throw error;
    }
  };

  return {
    vocabSize,
    bytesPerToken: bytesPerPosition(layouts),
    empty: (capacity) => memory.allocate(capacity),
    fork: (state, length, capacity) => memory.copy(state, length, capacity),
    async forward(call: ForwardCall): Promise<ForwardResult> {
      const { state, start, tokens, logits: want, signal } = call;
      const ready = state.ready();
      if (ready !== undefined) await ready; // a step of one token is short enough for every wait to count
      if (tokens.length === 1) {
        await runOne(call);
        const values = readRows(lastRow, 1, call);
        return { state: state.retain(), logits: want === "none" ? new Float32Array(0) : values };
      }
      // Without logits the last row is computed all the same: a graph over no rows is a case that kernels get wrong.
      const rows = want === "all" ? tokens.map((_, i) => i) : [tokens.length - 1];
      const output = rows.length === 1 ? lastRow : runtime.tensor(logits.type, [rows.length, vocabSize]);
      const inputs = stepInputs(runtime, { tokens, total: start + tokens.length, rows });
      try {
        const options = signal === undefined ? {} : { signal };
        await session.run(feedsOf(inputs, state), fetchesOf(output, state), options);
        const values = readRows(output, rows.length, call);
        return { state: state.retain(), logits: want === "none" ? new Float32Array(0) : values };
      } finally {
        for (const tensor of Object.values(inputs)) tensor.close();
        if (output !== lastRow) output.close();
      }
    },
    async close() {
      for (const tensor of [lastRow, ...Object.values(oneToken)]) tensor.close();
      await memory.close();
    },
  };
}

// --- internal ---

type StepInputs = Readonly<Record<(typeof SHARED_INPUTS)[number], RuntimeTensor>>;

interface StepNumbers {
  readonly tokens: readonly number[];
  /** Tokens of the sequence after the step. */
  readonly total: number;
  readonly rows: readonly number[];
}

function stepInputs(runtime: Runtime, step: StepNumbers): StepInputs {
  const inputs = {
    input_ids: runtime.tensor("int64", [1, step.tokens.length]),
    seqlens_k: runtime.tensor("int32", [1]),
    total_sequence_length: runtime.tensor("int32", []),
    logit_rows: runtime.tensor("int64", [step.rows.length]),
  };
  return fillInputs(inputs, step);
}

function fillInputs(inputs: StepInputs, { tokens, total, rows }: StepNumbers): StepInputs {
  const { data: ids } = inputs.input_ids;
  const { data: places } = inputs.logit_rows;
  for (let i = 0; i < tokens.length; i++) ids[i] = BigInt(tokens[i]!);
  for (let i = 0; i < rows.length; i++) places[i] = BigInt(rows[i]!);
  inputs.seqlens_k.data[0] = total - 1;
  inputs.total_sequence_length.data[0] = total;
  return inputs;
}
