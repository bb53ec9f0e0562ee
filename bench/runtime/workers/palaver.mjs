import { join } from "node:path";
import { openDecoder, openRuntime } from "../../../packages/onnx/dist/index.js";
import { greedy } from "../../../packages/sampling/dist/index.js";
import { serve, startClock } from "./serve.mjs";

serve(async ({ folder, threads, contextTokens, model, prefillModel }) => {
  const runtime = await openRuntime({ threads });
  const prefill = prefillModel === undefined ? {} : { prefillModel: join(folder, prefillModel) };
  const decoder = await openDecoder(runtime, join(folder, model), { contextTokens, ...prefill });
  const pick = greedy();
  const cache = decoder.createCache();
  return {
    about: `${runtime.driver} driver, ONNX Runtime ${runtime.version}`,
    async answer(prompt, count) {
      cache.truncate(0);
      const ids = [];
      const clock = startClock();
      const step = async (tokens) => {
        const [logits] = await decoder.step([{ cache, tokens }]);
        ids.push(pick(logits, { position: cache.length, ids }));
        return clock();
      };
      const prefill = await step(prompt);
      const tokens = [];
      while (tokens.length < count) tokens.push(await step([ids.at(-1)]));
      return { prefill, tokens, ids };
    },
    close: () => runtime.close(),
  };
});
