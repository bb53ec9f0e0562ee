// Milliseconds of processor time a token of sampler chains at a vocabulary of 152,064 (Qwen2.5), on logits shaped like a model's:
//   pnpm --filter @palaver/sampling build && node bench/sampling/chain.mjs
import { createSampler, greedy, logprobs } from "../../packages/sampling/dist/index.js";

const VOCABULARY = 152_064;
const ROUNDS = 30;
const WARM_UP = 15;
const TOKENS = 8;

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
  "top-k 10,000": createSampler({ topK: 10_000 }),
  "top-p 0.99 at temperature 1.5": createSampler({ topK: 0, topP: 0.99, temperature: 1.5 }),
  "typical-p 0.2 only": createSampler({ topK: 0, topP: 1, typicalP: 0.2 }),
  "top-n-sigma 1 only": createSampler({ topK: 0, topP: 1, topNSigma: 1 }),
  "defaults with DRY and XTC": createSampler({ dry: { multiplier: 0.8 }, xtc: { probability: 1, threshold: 0.1 } }),
  "XTC only": createSampler({ topK: 0, topP: 1, xtc: { probability: 1, threshold: 0.1 } }),
  "logprobs, top 20": (logits) => logprobs(logits, 0, 20)[0].id,
};

// Rounds of a few tokens each: the processor's clock ticks in microseconds, and its own work (compiling, collecting
// garbage) belongs to the price.
const milliseconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** What asking for the time costs, which is not the sampler's. */
const clockMs = (() => {
  const start = milliseconds();
  for (let i = 0; i < 1000; i++) milliseconds();
  return (milliseconds() - start) / 1000;
})();

const source = modelLikeLogits();
const logits = new Float32Array(VOCABULARY);
for (const [name, sampler] of Object.entries(cases)) {
  const times = [];
  let sum = 0;
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    let ms = 0;
    for (let i = 0; i < TOKENS; i++) {
      logits.set(source); // a sampler may change them
      const start = milliseconds();
      sum += sampler(logits, { position: round * TOKENS + i, ids });
      ms += milliseconds() - start - clockMs;
    }
    if (round >= WARM_UP) times.push(ms / TOKENS);
  }
  times.sort((a, b) => a - b);
  const [low, median, high] = [0.1, 0.5, 0.9].map((share) => times[Math.floor(share * ROUNDS)].toFixed(3));
  console.log(`${name.padEnd(40)} median ${median} ms, 10 to 90 %: ${low} to ${high}   (ids sum ${sum})`);
}
