// What one run costs that decodes a token of several sequences of different lengths, at the shape of SmolLM2-135M with 4-bit weights,
// and whether a sequence gets the same bits as alone. Caches are one tensor (batch, kvHeads, capacity, headDim) here:
//   pnpm --filter "@palaver/onnx..." --filter "@palaver/graph..." build && node bench/engine/batch.mjs
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRuntime } from "../../packages/onnx/dist/index.js";
import { writeRandomDecoder } from "./random-decoder.mjs";

const CAPACITY = 256;
const VOCABULARY = 49_152;
const ROUNDS = 20;
const SIZES = [1, 2, 4, 8];

const folder = await mkdtemp(join(tmpdir(), "palaver-batch-"));
const runtime = await openRuntime({ threads: 1 });
try {
  const batches = (await loadSession()).batches;
  const times = batches.map(() => []);
  for (let round = -3; round < ROUNDS; round++) {
    for (const [i, { run }] of batches.entries()) {
      const start = milliseconds();
      await run();
      if (round >= 0) times[i].push(milliseconds() - start);
    }
  }
  for (const [i, { size, logits }] of batches.entries()) {
    const median = times[i].sort((a, b) => a - b)[ROUNDS / 2];
    const isSame = logits.data.subarray(0, VOCABULARY).every((logit, id) => logit === batches[0].logits.data[id]);
    const perSecond = (1000 * size) / median;
    console.log(
      `${size} sequences: ${median.toFixed(2)} ms, ${perSecond.toFixed(0)} tokens/s, first as alone: ${isSame}`,
    );
  }
} finally {
  await runtime.close();
  await rm(folder, { recursive: true });
}

async function loadSession() {
  const path = await writeRandomDecoder(folder, "smollm2", CAPACITY);
  const session = await runtime.load(path);
  return { batches: SIZES.map((size) => batchOf(session, size)) };
}

/** A batch of sequences of 129, 124, 119, ... tokens, each with entries of its own that do not depend on the batch's size. */
function batchOf(session, size) {
  const past = session.inputs.filter(({ name }) => name.startsWith("past_key_values"));
  const lengths = Array.from({ length: size }, (_, row) => 128 - row * 5);
  const logits = runtime.tensor("float32", [size, VOCABULARY]);
  const feeds = {
    input_ids: runtime.tensor(
      "int64",
      [size, 1],
      BigInt64Array.from(lengths, (_, row) => BigInt(row * 17 + 3)),
    ),
    seqlens_k: runtime.tensor("int32", [size], Int32Array.from(lengths)),
    total_sequence_length: runtime.tensor("int32", [], Int32Array.of(Math.max(...lengths) + 1)),
    logit_rows: runtime.tensor(
      "int64",
      [size],
      BigInt64Array.from(lengths, (_, row) => BigInt(row)),
    ),
  };
  const fetches = { logits };
  for (const [layer, { name, shape }] of past.entries()) {
    const cache = runtime.tensor("float32", [size, ...shape.slice(1, 2), CAPACITY, shape[3]]);
    const perRow = cache.data.length / size;
    for (let i = 0; i < cache.data.length; i++) {
      cache.data[i] = 0.3 * Math.sin((i % perRow) * 12.9 + layer * 3.1 + Math.floor(i / perRow) * 7.7);
    }
    feeds[name] = cache;
    fetches[name.replace("past_key_values", "present")] = cache;
  }
  return { size, logits, run: () => session.run(feeds, fetches) };
}

function milliseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
