// What one step costs by its number of new tokens, and what generate() adds to bare steps; milliseconds of processor time:
//   pnpm --filter "@palaver/engine..." --filter "@palaver/onnx..." --filter "@palaver/graph..." build && node bench/engine/steps.mjs [smollm2|qwen2|tiny]

import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "../../packages/engine/dist/index.js";
import { openDecoder, openRuntime } from "../../packages/onnx/dist/index.js";
import { greedy } from "../../packages/sampling/dist/index.js";
import { writeRandomDecoder } from "./random-decoder.mjs";

const CONTEXT = 512;
const START = 128;
const ROUNDS = 8;
const TOKENS = 32;
const shape = process.argv[2] ?? "smollm2";
const folder = await mkdtemp(join(tmpdir(), "palaver-steps-"));
const runtime = await openRuntime({ threads: 1 });
try {
  const model = await writeRandomDecoder(folder, shape, CONTEXT);
  const decoder = await openDecoder(runtime, model, { contextTokens: CONTEXT });
  const sampler = greedy();
  const cases = Object.fromEntries([1, 2, 4, 8, 16].map((rows) => [`step of ${rows}`, stepOf(decoder, rows)]));
  cases["32 bare steps, each sampled"] = bareSteps(decoder, sampler);
  cases["32 tokens by generate()"] = generated(decoder, sampler);
  cases["of which the main thread"] = generated(decoder, sampler, mainThreadMilliseconds);
  await measure(cases);
} finally {
  await runtime.close();
  await rm(folder, { recursive: true });
}

function someTokens(count) {
  return Array.from({ length: count }, (_, i) => (i * 7919 + 1) % 512);
}

function stepOf(decoder, rows) {
  const cache = decoder.createCache();
  const tokens = someTokens(rows);
  return async () => {
    if (cache.length === 0) await decoder.step([{ cache, tokens: someTokens(START) }]);
    cache.truncate(START);
    const start = milliseconds();
    await decoder.step([{ cache, tokens, logits: "all" }]);
    return milliseconds() - start;
  };
}

function bareSteps(decoder, sampler) {
  return async () => {
    const cache = decoder.createCache();
    const ids = someTokens(START);
    let [logits] = await decoder.step([{ cache, tokens: ids }]);
    const start = milliseconds();
    for (let i = 0; i < TOKENS; i++) {
      ids.push(sampler(logits, { position: ids.length, ids }));
      if (i + 1 < TOKENS) [logits] = await decoder.step([{ cache, tokens: [ids.at(-1)] }]);
    }
    const ms = milliseconds() - start;
    cache.close();
    return ms;
  };
}

function generated(decoder, sampler, clock = milliseconds) {
  return async () => {
    let start = 0;
    for await (const event of generate({ decoder, sampler, prompt: someTokens(START), maxTokens: TOKENS })) {
      if (event.type === "prompt-end") start = clock();
    }
    return clock() - start;
  };
}

/** Processor time of the main thread alone: of everything but ONNX Runtime, whose runs have a thread of their own (Linux). */
function mainThreadMilliseconds() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
}

/** Rounds of every case in turn, so that another program's load falls on all alike. */
async function measure(cases) {
  const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = -2; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const repeated = [];
      for (let i = 0; i < (name.startsWith("step") ? 5 : 1); i++) repeated.push(await run());
      if (round >= 0) times[name].push(...repeated);
    }
  }
  for (const [name, list] of Object.entries(times)) {
    list.sort((a, b) => a - b);
    const [low, median, high] = [0.1, 0.5, 0.9].map((share) => list[Math.floor(share * list.length)].toFixed(3));
    console.log(`${name.padEnd(32)} median ${median} ms, 10 to 90 %: ${low} to ${high}`);
  }
}

function milliseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
