/**
 * Decoders as the hub ships them: `input_ids` (batch, tokens), `attention_mask` (batch, past + tokens), perhaps
 * `position_ids` (batch, tokens), perhaps `num_logits_to_keep` (); each run takes the caches as they are and gives longer ones. Logits are
 * `(batch, tokens, vocab)`, or those of the last tokens only.
 *
 * Graphs of onnxruntime-genai's model builder count the tokens for `GroupQueryAttention` from the mask: its sum and its length are those
 * of the sequence after the run, never those of a larger buffer.
 *
 * Cache tensors are never written to once they exist, so a fork is one more holder, and a step that fails leaves all as it was.
 */

import { PalaverError, type Runtime, type RuntimeTensor, type ValueInfo } from "@palaver/core";
import { bytesPerPosition, type CacheLayout } from "./cache-layout.ts";
import { cacheMemory } from "./cache-memory.ts";
import { CacheState } from "./cache-state.ts";
import type { DecoderForm, FormContext, ForwardCall, ForwardResult } from "./decoder-form.ts";
import { logitsRows } from "./logits-rows.ts";

export interface GrowingFormOptions {
  readonly layouts: readonly CacheLayout[];
  readonly inputIds: ValueInfo;
  readonly attentionMask: ValueInfo | undefined;
  readonly positionIds: ValueInfo | undefined;
  /** How many of the last positions get logits. */
  readonly logitsToKeep: ValueInfo | undefined;
  /** The name of the logits output. */
  readonly logits: string;
  readonly vocabSize: number;
}

/** The form over a session that has the inputs above. */
export function growingForm({ runtime, session }: FormContext, options: GrowingFormOptions): DecoderForm {
  const { layouts, inputIds, attentionMask, positionIds, logitsToKeep, logits: logitsName, vocabSize } = options;
  const memory = cacheMemory(runtime, layouts);

  const sequenceInputs = ({ start, tokens, logits }: ForwardCall): Record<string, RuntimeTensor> => {
    const total = start + tokens.length;
    const inputs: Record<string, RuntimeTensor> = { [inputIds.name]: integers(runtime, inputIds, tokens) };
    if (logitsToKeep !== undefined) {
      const kept = logits === "all" ? tokens.length : 1;
      inputs[logitsToKeep.name] = integers(runtime, logitsToKeep, [kept], logitsToKeep.shape.length === 0 ? [] : [1]);
    }
    if (attentionMask !== undefined) {
      inputs[attentionMask.name] = integers(runtime, attentionMask, Array<number>(total).fill(1));
    }
    if (positionIds !== undefined) {
      const positions = tokens.map((_, i) => start + i);
      inputs[positionIds.name] = integers(runtime, positionIds, positions);
    }
    return inputs;
  };

  return {
    vocabSize,
    bytesPerToken: bytesPerPosition(layouts),
    empty: () => memory.allocate(0),
    fork: (state) => state.retain(),
    async forward(call: ForwardCall): Promise<ForwardResult> {
      const { state, start, tokens, signal } = call;
      const past = state.positions === start ? state.retain() : memory.cut(state, start);
      const positions = start + tokens.length;
      const written: RuntimeTensor[] = [];
      let inputs: Record<string, RuntimeTensor> = {};
      try {
        await past.ready();
        inputs = sequenceInputs(call);
        const feeds: Record<string, RuntimeTensor> = { ...inputs };
        const fetches: Record<string, RuntimeTensor | null> = { [logitsName]: null };
        for (const [i, layout] of layouts.entries()) {
          feeds[layout.past] = past.tensors[i]!;
          const target = memory.output(layout, positions);
          if (target !== null) written.push(target);
          fetches[layout.present] = target;
        }
        const outputs = await session.run(feeds, fetches, signal === undefined ? {} : { signal });
        written.length = 0; // they belong to the state now
        const next = new CacheState(
          layouts.map(({ present }) => outputs[present]!),
          positions,
        );
        const output = outputs[logitsName]!;
        try {
          return { state: next, logits: readLogits(output, vocabSize, call) };
        } catch (error) {
          next.release();
          throw error;
        } finally {
          output.close();
        }
      } finally {
        past.release();
        for (const tensor of written) tensor.close();
        for (const tensor of Object.values(inputs)) tensor.close();
      }
    },
    close: () => memory.close(),
  };
}

// --- internal ---

function integers(
  runtime: Runtime,
  info: ValueInfo,
  values: readonly number[],
  shape: readonly number[] = [1, values.length],
): RuntimeTensor {
  switch (info.type) {
    case "int64":
      return runtime.tensor("int64", shape, BigInt64Array.from(values, BigInt));
    case "int32":
      return runtime.tensor("int32", shape, Int32Array.from(values));
    case "float32":
      return runtime.tensor("float32", shape, Float32Array.from(values));
    default:
      throw new PalaverError("ERR_UNSUPPORTED", `input ${info.name} is ${info.type}, expected int64, int32 or float32`);
  }
}

function readLogits(
  output: RuntimeTensor,
  vocabSize: number,
  { tokens: { length: tokens }, logits: want, into }: ForwardCall,
): Float32Array {
  const rows = output.shape.reduce((product, size) => product * size, 1) / vocabSize;
  // Some exports keep the last position only.
  if (rows !== tokens && (rows !== 1 || want === "all")) {
    throw new PalaverError(
      "ERR_UNSUPPORTED",
      `logits are (${output.shape}) for ${tokens} tokens of ${vocabSize} words`,
    );
  }
  if (want === "all") return logitsRows(output, { vocabSize, first: 0, count: rows, into });
  // Also where nobody wants them: keys and values that are no numbers show here, before anybody takes the piece for good.
  const last = logitsRows(output, { vocabSize, first: rows - 1, count: 1, into: want === "last" ? into : undefined });
  return want === "last" ? last : new Float32Array(0);
}
