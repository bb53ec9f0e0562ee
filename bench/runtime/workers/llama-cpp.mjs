import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getLlama } from "node-llama-cpp";
import { serve, startClock } from "./serve.mjs";

serve(async ({ folder, threads, contextTokens }) => {
  const llama = await getLlama({
    gpu: false,
    build: "never",
    skipDownload: true,
    maxThreads: threads,
    logLevel: "error",
  });
  const model = await llama.loadModel({ modelPath: join(folder, "model.gguf") });
  const context = await model.createContext({ contextSize: contextTokens, batchSize: 512, threads });
  const sequence = context.getSequence();
  return {
    about: `node-llama-cpp ${packageVersion()}, llama.cpp ${llama.llamaCppRelease.release}`,
    async answer(prompt, count) {
      await sequence.clearHistory();
      const clock = startClock();
      const answer = sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true });
      const ids = [];
      const step = async () => {
        ids.push((await answer.next()).value);
        return clock();
      };
      const prefill = await step();
      const tokens = [];
      while (tokens.length < count) tokens.push(await step());
      await answer.return();
      return { prefill, tokens, ids };
    },
    close: () => llama.dispose(),
  };
});

function packageVersion() {
  const path = new URL("../node_modules/node-llama-cpp/package.json", import.meta.url);
  return JSON.parse(readFileSync(path, "utf8")).version;
}
