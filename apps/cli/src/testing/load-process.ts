/** Loads and closes a model over and over in a process of its own: `MODEL CACHE WARM_UPS LOADS`. Prints resident bytes before and after. */

import { argv, memoryUsage, stdout } from "node:process";
import { setTimeout } from "node:timers/promises";
import { loadModel } from "../load-model.ts";

const [model = "", cacheDir = "", warmUps = "", loads = ""] = argv.slice(2);

await loadTimes(Number(warmUps));
const before = await settledBytes();
await loadTimes(Number(loads));
stdout.write(JSON.stringify({ before, after: await settledBytes() }));

async function loadTimes(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { decoder, close } = await loadModel(model, { cacheDir, device: "cpu", driver: "native", threads: 1 });
    const cache = decoder.createCache();
    await decoder.step([{ cache, tokens: [1, 2, 3] }]);
    await close();
  }
}

// What is garbage counts as long as nobody collects it, and finalizers run in a later turn.
async function settledBytes(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.();
    await setTimeout(20);
  }
  return memoryUsage.rss();
}
