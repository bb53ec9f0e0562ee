import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getLlama } from "node-llama-cpp";
import { serve, startClock } from "./serve.mjs";

serve(async ({ folder, threads, room, model: file }) => {
  const llama = await getLlama({
    gpu: false,
    build: "never",
    skipDownload: true,
    maxThreads: threads,
    logLevel: "error",
  });
  const model = await llama.loadModel({ modelPath: join(folder, file) });
  // A context for each prompt: sequences of one context would look at one another's cells.
  const open = async (length) => {
    const context = await model.createContext({ contextSize: length + room, batchSize: 512, threads });
    return context.getSequence();
  };
  const sequences = new Map();
  return {
    about: `node-llama-cpp ${packageVersion()}, llama.cpp ${llama.llamaCppRelease.release}`,
    async prefill(prompt) {
      if (!sequences.has(prompt.length)) sequences.set(prompt.length, await open(prompt.length));
      const sequence = sequences.get(prompt.length);
      await sequence.clearHistory();
      const clock = startClock();
      const answer = evaluate(sequence, prompt);
      const id = (await answer.next()).value;
      const time = clock();
      await answer.return();
      return { time, id };
    },
    async hold(prompt) {
      const sequence = await open(prompt.length);
      const first = await only(evaluate(sequence, prompt));
      return async (count) => {
        const { nextTokenIndex } = sequence;
        if (nextTokenIndex > prompt.length)
          await sequence.eraseContextTokenRanges([{ start: prompt.length, end: nextTokenIndex }]);
        const ids = [first];
        const times = [];
        const clock = startClock();
        const answer = evaluate(sequence, [first]);
        while (times.length < count) {
          ids.push((await answer.next()).value);
          times.push(clock());
        }
        await answer.return();
        return { times, ids };
      };
    },
    close: () => llama.dispose(),
  };
});

function evaluate(sequence, tokens) {
  return sequence.evaluate(tokens, { temperature: 0, yieldEogToken: true });
}

async function only(answer) {
  const { value } = await answer.next();
  await answer.return();
  return value;
}

function packageVersion() {
  const path = new URL("../node_modules/node-llama-cpp/package.json", import.meta.url);
  return JSON.parse(readFileSync(path, "utf8")).version;
}
