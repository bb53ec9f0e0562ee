import { join } from "node:path";
import { openDecoder, openRuntime } from "../../../packages/onnx/dist/index.js";
import { greedy } from "../../../packages/sampling/dist/index.js";
import { serve, startClock } from "./serve.mjs";

serve(async ({ folder, threads, contextTokens, room, model, prefillModel }) => {
  const runtime = await openRuntime({ threads });
  const prompts = prefillModel === undefined ? {} : { prefillModel: join(folder, prefillModel) };
  const decoder = await openDecoder(runtime, join(folder, model), { contextTokens, ...prompts });
  const pick = greedy();
  const step = async (cache, tokens, ids) => {
    const [logits] = await decoder.step([{ cache, tokens }]);
    const id = pick(logits, { position: cache.length, ids });
    ids.push(id);
    return id;
  };
  const caches = new Map();
  const cacheOf = (length) => {
    if (!caches.has(length)) caches.set(length, decoder.createCache({ capacity: length + room }));
    return caches.get(length);
  };
  return {
    about: `${runtime.driver} driver, ONNX Runtime ${runtime.version}`,
    async prefill(prompt) {
      const cache = cacheOf(prompt.length);
      cache.truncate(0);
      const clock = startClock();
      const id = await step(cache, prompt, []);
      return { time: clock(), id };
    },
    async hold(prompt) {
      const cache = decoder.createCache({ capacity: prompt.length + room });
      const first = await step(cache, prompt, []);
      return async (count) => {
        cache.truncate(prompt.length);
        const ids = [first];
        const times = [];
        const clock = startClock();
        while (times.length < count) {
          await step(cache, [ids.at(-1)], ids);
          times.push(clock());
        }
        return { times, ids };
      };
    },
    close: () => runtime.close(),
  };
});
