// How long the event loop is kept from its work while a decoder is opened, a long prompt is computed and everything is closed again:
//   pnpm build && node bench/engine/event-loop.mjs [smollm2|qwen2|tiny] [tokens of the prompt] [folder of a model written before]
//
// The delay is what a timer waits, which on a busy machine is mostly other programs' doing. The longest turn is processor time
// of the main thread between two ticks of a timer, and so our own (Linux). Its clock is read at each tick, which costs 0.02 ms.

import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { createPromptCache } from "../../packages/engine/dist/index.js";
import { openDecoder, openRuntime } from "../../packages/onnx/dist/index.js";
import { writeRandomDecoder } from "./random-decoder.mjs";

const ANSWER = 16;
const [shape = "smollm2", length = "8000", written] = process.argv.slice(2);
const contextTokens = Number(length) + ANSWER;

const folder = written ?? (await mkdtemp(join(tmpdir(), "palaver-event-loop-")));
const model =
  written === undefined ? await writeRandomDecoder(folder, shape, contextTokens) : join(folder, "model.onnx");
const prompt = Array.from({ length: Number(length) }, (_, i) => (i * 7919 + 1) % 512);

const runtime = await phase("open the runtime", () => openRuntime({ threads: 1, driver: "native" }));
const decoder = await phase("open the decoder", () => openDecoder(runtime, model, { contextTokens }));
const cache = await phase("make a cache", async () => createPromptCache(decoder));
const sequence = cache.begin(prompt);
await phase(`prompt of ${length}`, () => sequence.prefill());
await phase(`${ANSWER} tokens`, async () => {
  let into;
  for (let i = 0; i < ANSWER; i++) [into] = await sequence.append([i], { into });
});
await phase("fork the cache", async () => {
  sequence.end();
  cache.fork().close();
});
await phase("close the cache", async () => cache.close());
await phase("close the decoder", () => decoder.close());
await runtime.close();
if (written === undefined) await rm(folder, { recursive: true });

/** Does `work`, and prints what the loop's other work would have felt of it. */
async function phase(name, work) {
  await wait(5);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let last = mainThreadMilliseconds();
  let longest = 0;
  const tick = () => {
    const now = mainThreadMilliseconds();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(tick, 1);
  delay.enable();
  try {
    return await work();
  } finally {
    await wait(5);
    delay.disable();
    clearInterval(timer);
    tick();
    const [p50, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map((ns) => (ns / 1e6).toFixed(1));
    console.log(
      `${name.padEnd(18)} longest turn ${longest.toFixed(1)} ms; delay p50 ${p50}, p99 ${p99}, max ${max} ms`,
    );
  }
}

/** Processor time of the main thread. */
function mainThreadMilliseconds() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
}
