// Milliseconds a token of sampler chains at a vocabulary of 152,064 (Qwen2.5), on logits shaped like a model's:
//   pnpm --filter @palaver/sampling build && node bench/sampling/chain.mjs
import { createSampler, greedy, logprobs } from "../../packages/sampling/dist/index.js";

const VOCABULARY = 152_064;
const ROUNDS = 60;
const WARM_UP = 30;

/** Normal logits with a standard deviation of 3 and 50 likely tokens above them: a flat tail and a sharp head. */
function modelLikeLogits() {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return ((state >>> 8) + 0.5) / 0x1000000;
  };
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const logits = Float32Array.from({ length: VOCABULARY }, () => 3 * normal());
  for (let i = 0; i < 50; i++) logits[Math.floor(random() * VOCABULARY)] = 12 + 2 * normal();
  return logits;
}

const ids = Array.from({ length: 500 }, (_, i) => (i * 7919) % VOCABULARY);
const penalties = { repetitionPenalty: 1.1, presencePenalty: 0.1, frequencyPenalty: 0.1 };
const cases = {
  "greedy()": greedy(),
  "createSampler(): top-k 40, top-p 0.9": createSampler(),
  "with penalties and min-p 0.05": createSampler({ ...penalties, minP: 0.05 }),
  "top-k 1000": createSampler({ topK: 1000 }),
  "temperature only": createSampler({ topK: 0, topP: 1 }),
  "min-p 0.05 only": createSampler({ topK: 0, topP: 1, minP: 0.05 }),
  "top-p 0.9 only": createSampler({ topK: 0 }),
  "typical-p 0.9 only": createSampler({ topK: 0, topP: 1, typicalP: 0.9 }),
  "logprobs, top 20": (logits) => logprobs(logits, 0, 20)[0].id,
};

const source = modelLikeLogits();
for (const [name, sampler] of Object.entries(cases)) {
  const times = [];
  let sum = 0;
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const logits = source.slice();
    const start = performance.now();
    sum += sampler(logits, { position: round, ids });
    if (round >= WARM_UP) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const [low, median, high] = [0.1, 0.5, 0.9].map((share) => times[Math.floor(share * ROUNDS)].toFixed(3));
  console.log(`${name.padEnd(40)} median ${median} ms, 10 to 90 %: ${low} to ${high}   (ids sum ${sum})`);
}
