// What this project's layers add to a step of one token, against a bare loop of the C API's Run; processor time, one thread:
//   pnpm build && node bench/engine/overhead.mjs [smollm2|qwen2|tiny] [rounds] [folder of a model written before]
//
// The bare loop repeats the very call that the decoder made last: the same session, tensors and block of arguments. A session of its
// own would not do, since where its weights happen to lie is worth up to 8 %. Nobody looks at its logits, and it runs on the
// main thread; `asynchronous` runs on koffi's. Every step is of the same token at the same place.

import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PalaverError } from "../../packages/core/dist/index.js";
import { createPromptCache, generate } from "../../packages/engine/dist/index.js";
import { openDecoder, openRuntime } from "../../packages/onnx/dist/index.js";
import { greedy } from "../../packages/sampling/dist/index.js";
import { writeRandomDecoder } from "./random-decoder.mjs";

const CONTEXT = 512;
const START = 128;
const STEPS = 16;
const RUN_PARAMETERS = 8; // no other function of the driver has as many
const [shape = "smollm2", rounds = "20", written] = process.argv.slice(2);

const folder = written ?? (await mkdtemp(join(tmpdir(), "palaver-overhead-")));
const model = written === undefined ? await writeRandomDecoder(folder, shape, CONTEXT) : join(folder, "model.onnx");
const calls = await watchRuns();
const runtime = await openRuntime({ threads: 1, driver: "native" });
const decoder = await openDecoder(runtime, model, { contextTokens: CONTEXT });
const sampler = greedy();
const prompt = Array.from({ length: START }, (_, i) => (i * 7919 + 1) % 512);
const cache = decoder.createCache();
const [first] = await decoder.step([{ cache, tokens: prompt }]);
const into = first.slice();
const step = async (token) => {
  cache.truncate(START);
  return (await decoder.step([{ cache, tokens: [token], into }]))[0];
};
await step(7);
const bare = calls.last;
const answers = createPromptCache(decoder);
const times = {};

const cases = {
  async "bare loop"() {
    for (let i = 0; i < STEPS; i++) check(bare.run(...bare.parameters));
  },
  async "bare loop, asynchronous"() {
    for (let i = 0; i < STEPS; i++) {
      check(await new Promise((resolve) => bare.run.async(...bare.parameters, (_, status) => resolve(status))));
    }
  },
  async "decoder.step"() {
    for (let i = 0; i < STEPS; i++) await step(7);
  },
  async "decoder.step, sampled"() {
    let logits = first.slice();
    for (let i = 0; i < STEPS; i++) logits = await step(sampler(logits, { position: START, ids: prompt }));
  },
  /** With each token behind the one before. Over a cache that was used before: the pages of a new one are the model's to pay for. */
  async "generate()"(begin, end) {
    for await (const { type } of generate({ decoder, sampler, prompt, cache: answers, maxTokens: STEPS + 1 })) {
      if (type === "prompt-end") begin();
      if (type === "finish") end();
    }
  },
};

for (const name of Object.keys(cases)) times[name] = { process: [], main: [], above: [] };
const names = Object.keys(cases);
for (let round = -2; round < Number(rounds); round++) {
  const costs = {};
  // Another order in each round: what ran before has filled the caches.
  for (const i of names.keys()) {
    const name = names[(i + round + names.length) % names.length];
    await step(7);
    let start = clocks();
    let end;
    await cases[name](
      () => (start = clocks()),
      () => (end = clocks()),
    );
    end ??= clocks();
    costs[name] = end.map((ms, clock) => (ms - start[clock]) / STEPS);
  }
  if (round < 0) continue;
  for (const name of names) {
    const [processMs, mainMs] = costs[name];
    times[name].process.push(processMs);
    times[name].main.push(mainMs);
    times[name].above.push(100 * (processMs / costs["bare loop"][0] - 1));
  }
}
for (const [name, { process: all, main, above }] of Object.entries(times)) {
  const share = `above bare ${spread(above, 1)} %`;
  console.log(`${name.padEnd(24)} process ${spread(all)} ms; main thread ${spread(main)} ms; ${share}`);
}
answers.close();
await decoder.close();
await runtime.close();
if (written === undefined) await rm(folder, { recursive: true });

/** Keeps the last call of the driver's that has as many parameters as Run. Before the library is loaded. */
async function watchRuns() {
  const path = createRequire(new URL("../../packages/onnx/package.json", import.meta.url)).resolve("koffi");
  const { default: koffi } = await import(path.replace(/\.cjs$/, ".js"));
  const { decode } = koffi;
  const watched = {};
  koffi.decode = Object.assign((...parameters) => {
    const made = decode(...parameters);
    if (typeof made !== "function") return made;
    const { async: begin } = made;
    made.async = (...rest) => {
      if (rest.length === RUN_PARAMETERS + 1) watched.last = { run: made, parameters: rest.slice(0, RUN_PARAMETERS) };
      return begin(...rest);
    };
    return made;
  }, decode);
  return watched;
}

function check(status) {
  if (status !== null) throw new PalaverError("ERR_RUNTIME", "Run failed");
}

/** Processor time of the process and of its main thread in milliseconds (Linux). */
function clocks() {
  const { user, system } = process.cpuUsage();
  const main = Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
  return [(user + system) / 1000, main];
}

/** The median, and the 10th and 90th percentile. */
function spread(list, digits = 3) {
  const sorted = list.toSorted((a, b) => a - b);
  const [low, median, high] = [0.1, 0.5, 0.9].map((part) => sorted[Math.floor(part * sorted.length)].toFixed(digits));
  return `${median} (${low} to ${high})`;
}
