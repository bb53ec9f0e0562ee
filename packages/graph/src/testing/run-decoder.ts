import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { DecoderConfig } from "../decoder-config.ts";
import { type CacheType, decoderValues } from "../decoder-form.ts";
import { headLayout } from "../head-layout.ts";
import type { Weights } from "../weights.ts";
import { type WriteDecoderOptions, writeDecoder } from "../write-decoder.ts";

/** A written decoder in ONNX Runtime, with one growing sequence. */
export interface RunningDecoder {
  /** Runs tokens after those before, and gives the logits of `rows` (default: all), `(rows, vocab)`. */
  step(ids: readonly number[], rows?: readonly number[]): Promise<number[][]>;
  close(): Promise<void>;
}

/** Writes a decoder into a temporary folder and opens it on one thread. */
export async function runDecoder(
  config: DecoderConfig,
  weights: Weights,
  options: Omit<WriteDecoderOptions, "sink" | "externalName"> = {},
): Promise<RunningDecoder> {
  const folder = await mkdtemp(join(tmpdir(), "palaver-graph-"));
  const path = join(folder, "model.onnx");
  const data = await open(`${path}.data`, "w");
  const sink = { write: async (bytes: Uint8Array) => void (await data.writeFile(bytes)) };
  await writeFile(path, await writeDecoder(config, weights, { ...options, sink, externalName: "model.onnx.data" }));
  await data.close();
  const session = await InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const capacity = options.contextTokens ?? config.contextTokens;
  const caches = emptyCaches(config, capacity, options.cacheScales === undefined ? "float32" : "int8");
  let length = 0;
  return {
    step: async (ids, rows = ids.map((_, i) => i)) => {
      const total = length + ids.length;
      const outputs = await session.run({
        [decoderValues.inputIds]: new Tensor("int64", BigInt64Array.from(ids, BigInt), [1, ids.length]),
        [decoderValues.seqlensK]: new Tensor("int32", Int32Array.of(total - 1), [1]),
        [decoderValues.totalSequenceLength]: new Tensor("int32", Int32Array.of(total), []),
        [decoderValues.logitRows]: new Tensor("int64", BigInt64Array.from(rows, BigInt), [rows.length]),
        ...caches,
      });
      length = total;
      for (let layer = 0; layer < config.layers; layer++) {
        caches[decoderValues.pastKey(layer)] = outputs[decoderValues.presentKey(layer)]!;
        caches[decoderValues.pastValue(layer)] = outputs[decoderValues.presentValue(layer)]!;
      }
      const logits = outputs[decoderValues.logits]!.data as Float32Array;
      return rows.map((_, row) => Array.from(logits.subarray(row * config.vocab, (row + 1) * config.vocab)));
    },
    close: async () => {
      await session.release();
      await rm(folder, { recursive: true });
    },
  };
}

// --- internal ---

function emptyCaches(config: DecoderConfig, capacity: number, type: CacheType): Record<string, Tensor> {
  const { paddedDim } = headLayout(config.headDim, config.rotaryDim);
  const dims = [1, config.kvHeads, capacity, paddedDim];
  const size = config.kvHeads * capacity * paddedDim;
  const empty = () => new Tensor(type, type === "int8" ? new Int8Array(size) : new Float32Array(size), dims);
  return Object.fromEntries(
    Array.from({ length: config.layers }, (_, layer) => [
      [decoderValues.pastKey(layer), empty()],
      [decoderValues.pastValue(layer), empty()],
    ]).flat(1) as [string, Tensor][],
  );
}
