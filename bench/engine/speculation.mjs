// How often speculation changes a token of a real model, and what it saves, on stories260K of the shared test data:
//   pnpm --filter "@palaver/engine..." --filter "@palaver/onnx..." --filter "@palaver/graph..." build && node bench/engine/speculation.mjs DATA
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { byteSource } from "../../packages/core/dist/index.js";
import { generate, promptLookup } from "../../packages/engine/dist/index.js";
import { parseHfConfig, safetensorsWeights, writeDecoder } from "../../packages/graph/dist/index.js";
import { openDecoder, openRuntime } from "../../packages/onnx/dist/index.js";
import { createSampler, greedy } from "../../packages/sampling/dist/index.js";

const CONTEXT = 512;
const TOKENS = 200;
const ANSWERS = 24;
const checkpoint = join(process.argv[2], "models/stories260K-derived");
const story = JSON.parse(await readFile(join(process.argv[2], "reference/stories260K/expected.json"), "utf8"));
const storyIds = story.greedy_ids_own_check;

const folder = await mkdtemp(join(tmpdir(), "palaver-speculation-"));
const runtime = await openRuntime({ threads: 1 });
try {
  for (const quantize of ["none", "q8", "q4"]) await compare(quantize);
} finally {
  await runtime.close();
  await rm(folder, { recursive: true });
}

async function compare(quantize) {
  const decoder = await storiesDecoder(quantize);
  const samplers = { greedy: () => greedy(), sampled: (seed) => createSampler({ seed }) };
  for (const [name, createFor] of Object.entries(samplers)) {
    const sum = { tokens: 0, different: 0, dependent: 0, steps: 0, guessedTokens: 0, acceptedTokens: 0, answers: 0 };
    for (let i = 0; i < ANSWERS; i++) {
      // A beginning of the story, and the same beginning again: half of the prompts have something to look up.
      const part = storyIds.slice(0, 6 + 3 * i);
      const prompt = i % 2 === 0 ? part : [...part, ...part.slice(0, 4)];
      const options = { decoder, prompt, maxTokens: TOKENS };
      const plain = await answer({ ...options, sampler: createFor(i) });
      const guessing = await answer({ ...options, sampler: createFor(i), speculate: { guess: promptLookup() } });
      const blind = await answer({ ...options, sampler: createFor(i), speculate: { guess: () => [] } });
      sum.dependent += Number(blind.ids.join() !== guessing.ids.join());
      const first = plain.ids.findIndex((id, at) => id !== guessing.ids[at]);
      sum.tokens += first === -1 ? plain.ids.length : first + 1; // behind the first difference the texts have parted
      sum.different += first === -1 ? 0 : 1;
      sum.answers++;
      for (const key of ["steps", "guessedTokens", "acceptedTokens"]) sum[key] += guessing.speculation[key];
    }
    console.log(`${quantize} ${name}`.padEnd(14), JSON.stringify(sum));
  }
  await decoder.close();
}

async function answer(options) {
  const ids = [];
  for await (const event of generate(options)) {
    if (event.type === "token") ids.push(event.id);
    if (event.type === "finish") return { ids, speculation: event.speculation };
  }
}

async function storiesDecoder(quantize) {
  const config = parseHfConfig(JSON.parse(await readFile(join(checkpoint, "config.json"), "utf8")));
  const weights = await safetensorsWeights([byteSource(await readFile(join(checkpoint, "model.safetensors")))]);
  const externalName = `${quantize}.data`;
  const data = await open(join(folder, externalName), "w");
  const sink = { write: (bytes) => data.appendFile(bytes) };
  const path = join(folder, `${quantize}.onnx`);
  await writeFile(path, await writeDecoder(config, weights, { sink, externalName, contextTokens: CONTEXT, quantize }));
  await data.close();
  return openDecoder(runtime, path, { contextTokens: CONTEXT });
}
