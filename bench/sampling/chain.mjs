// Milliseconds of processor time a token of sampler chains at a vocabulary of 152,064 (Qwen2.5), for the logits that models
// give and for flat ones:
//   pnpm --filter @palaver/sampling... build && node bench/sampling/chain.mjs [part of a chain's or of the logits' name]
// PALAVER_SAMPLING names another build of the package, measured in turns with this one.
import { pathToFileURL } from "node:url";
import { logitsOf } from "./logits.mjs";

const builds = { this: await import("../../packages/sampling/dist/index.js") };
const other = process.env.PALAVER_SAMPLING;
if (other !== undefined) builds.other = await import(pathToFileURL(other).href);

const VOCABULARY = 152_064;
const ROUNDS = Number(process.env.ROUNDS ?? 30);
const WARM_UP = 10;
const TOKENS = 4;
const BOUND_MS = 0.5;

const all = { topK: 0, topP: 1 };
const penalties = { repetitionPenalty: 1.1, presencePenalty: 0.1, frequencyPenalty: 0.1 };
const allowed = Array.from({ length: 500 }, (_, i) => i * 300);
const grammar = (logits) => {
  const kept = allowed.map((id) => logits[id]);
  logits.fill(Number.NEGATIVE_INFINITY);
  for (const [i, id] of allowed.entries()) logits[id] = kept[i];
};
const bias = new Map(Array.from({ length: 300 }, (_, i) => [i * 500, i % 2 === 0 ? -100 : 5]));
const chains = {
  greedy: ({ greedy }) => greedy(),
  "the defaults: top-k 40, top-p 0.9, 0.8": ({ createSampler }) => createSampler(),
  "defaults, penalties, min-p 0.05": ({ createSampler }) => createSampler({ ...penalties, minP: 0.05 }),
  "defaults, DRY, XTC": ({ createSampler }) =>
    createSampler({ dry: { multiplier: 0.8 }, xtc: { probability: 1, threshold: 0.1 } }),
  "defaults, 300 logit biases": ({ createSampler }) => createSampler({ logitBias: bias }),
  "defaults behind a mask that leaves 500": ({ createSampler }) => createSampler({ transforms: [grammar] }),
  "top-k 1000": ({ createSampler }) => createSampler({ topK: 1000, topP: 1 }),
  "top-k 10,000": ({ createSampler }) => createSampler({ topK: 10_000, topP: 1 }),
  "top-k 10,000, top-p 0.99, 1.5": ({ createSampler }) => createSampler({ topK: 10_000, topP: 0.99, temperature: 1.5 }),
  "temperature 1 alone": ({ createSampler }) => createSampler({ ...all, temperature: 1 }),
  "temperature 0.8 alone": ({ createSampler }) => createSampler(all),
  "penalties and temperature": ({ createSampler }) => createSampler({ ...all, ...penalties, penaltyWindow: 500 }),
  "DRY and temperature": ({ createSampler }) => createSampler({ ...all, dry: { multiplier: 0.8 } }),
  "min-p 0.05": ({ createSampler }) => createSampler({ ...all, minP: 0.05 }),
  "top-n-sigma 1": ({ createSampler }) => createSampler({ ...all, topNSigma: 1 }),
  "top-p 0.9, 1": ({ createSampler }) => createSampler({ topK: 0, temperature: 1 }),
  "top-p 0.9, 0.8": ({ createSampler }) => createSampler({ topK: 0 }),
  "top-p 0.99, 1.5": ({ createSampler }) => createSampler({ topK: 0, topP: 0.99, temperature: 1.5 }),
  "typical-p 0.9": ({ createSampler }) => createSampler({ ...all, typicalP: 0.9 }),
  "typical-p 0.2": ({ createSampler }) => createSampler({ ...all, typicalP: 0.2 }),
  "XTC 0.1": ({ createSampler }) => createSampler({ ...all, xtc: { probability: 1, threshold: 0.1 } }),
  "log P of the token": withLogprobs(0),
  "log P, 5 best": withLogprobs(5),
  "log P, 20 best": withLogprobs(20),
  "greedy and log P, 20 best": (sampling) => {
    const choose = sampling.greedy();
    return (logits, context) => sampling.logprobs(logits, choose(logits, context), 20)[0].id;
  },
};

function withLogprobs(top) {
  return ({ logprobs }) =>
    (logits) =>
      logprobs(logits, 0, top)[0].id;
}

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

// Rounds of a few tokens each, the builds in turns: the processor's clock ticks in microseconds, and the process's own work
// (compiling, collecting garbage) belongs to the price. What a caller does to have logits does not.
const logits = new Float32Array(VOCABULARY);
const ids = Array.from({ length: 500 }, (_, i) => (i * 7919) % VOCABULARY);
function roundMs(sampler, source, round) {
  let ms = 0;
  for (let i = 0; i < TOKENS; i++) {
    logits.set(source); // a sampler may change them
    const start = milliseconds();
    sampler(logits, { position: round * TOKENS + i, ids });
    ms += milliseconds() - start - clockMs;
  }
  return ms / TOKENS;
}

const filter = process.argv[2] ?? "";
const above = [];
console.log("median ms (90 %), * above the bound");
for (const [kind, source] of Object.entries(logitsOf(VOCABULARY))) {
  for (const [chain, create] of Object.entries(chains)) {
    if (!`${kind}: ${chain}`.includes(filter)) continue;
    const samplers = Object.values(builds).map(create);
    const times = samplers.map(() => []);
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      for (const [i, sampler] of samplers.entries()) {
        const ms = roundMs(sampler, source, round + WARM_UP);
        if (round >= 0) times[i].push(ms);
      }
    }
    const figures = times.map((list) => {
      list.sort((a, b) => a - b);
      const [median, p90] = [0.5, 0.9].map((share) => list[Math.floor(share * ROUNDS)]);
      return `${median.toFixed(3)} (${p90.toFixed(3)})${median > BOUND_MS ? "*" : " "}`;
    });
    if (figures[0].endsWith("*")) above.push(`${kind}: ${chain}`);
    console.log(`${kind.padEnd(10)} ${chain.padEnd(40)} ${figures.join("   ")}`);
  }
}
console.log(`above ${BOUND_MS} ms: ${above.length === 0 ? "none" : above.join("; ")}`);
