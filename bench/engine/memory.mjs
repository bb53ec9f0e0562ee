// Resident memory beside weights and cache: what Node, ONNX Runtime and their bookkeeping come to; MB (Linux):
//   pnpm build && node bench/engine/memory.mjs [smollm2|qwen2|llama|tiny] [tokens of the prompt] [folder of a model written before]
//
// The cache is filled by a real prompt, since pages that nobody wrote are not there. `peak` is the largest so far.

import { readFileSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPromptCache } from "../../packages/engine/dist/index.js";
import { openDecoder, openRuntime } from "../../packages/onnx/dist/index.js";
import { measuredDecoder } from "./measured-decoder.mjs";

const ANSWER = 16;
const [shape = "smollm2", length = "1000", written] = process.argv.slice(2);
const contextTokens = Number(length) + ANSWER;

const folder = written ?? (await mkdtemp(join(tmpdir(), "palaver-memory-")));
const { model, bytesPerToken } = measuredDecoder(shape, contextTokens, folder, { isWritten: written !== undefined });
const weights = (await stat(`${model}.data`)).size;
const keys = bytesPerToken * contextTokens;

report("Node");
const runtime = await openRuntime({ threads: 1, driver: "native" });
report("runtime");
const decoder = await openDecoder(runtime, model, { contextTokens });
report("decoder");
const cache = createPromptCache(decoder);
const sequence = cache.begin(Array.from({ length: Number(length) }, (_, i) => (i * 7919 + 1) % 512));
await sequence.prefill();
report(`prompt of ${length}`);
let into;
for (let i = 0; i < ANSWER; i++) [into] = await sequence.append([i], { into });
const { resident } = report(`${ANSWER} tokens`);
const rest = resident - weights - keys;
console.log(
  `weights ${mb(weights)}, cache ${mb(keys)}, the rest ${mb(rest)}; ${(resident / (weights + keys)).toFixed(2)} times weights and cache`,
);
sequence.end();
cache.close();
report("cache closed");
await decoder.close();
await runtime.close();
report("all closed");
if (written === undefined) await rm(folder, { recursive: true });

function report(name) {
  const status = readFileSync("/proc/self/status", "utf8");
  const [resident, peak] = ["VmRSS", "VmHWM"].map((key) => 1024 * Number(status.match(`${key}:\\s+(\\d+) kB`)[1]));
  console.log(`${name.padEnd(18)} resident ${mb(resident)}, peak ${mb(peak)}`);
  return { resident, peak };
}

function mb(bytes) {
  return (bytes / 1e6).toFixed(0);
}
