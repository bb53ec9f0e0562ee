// Prints one table: loading and encoding by three tokenizers with one vocabulary.
import { cpus, loadavg } from "node:os";
import { PreTrainedTokenizer } from "@huggingface/transformers";
import { Tokenizer } from "tokenizers";
import { loadTokenizer } from "../../packages/tokenizer/dist/index.js";
import { corpus } from "./corpus.mjs";

const rounds = 5;
const found = corpus();
if (found === undefined) {
  console.log("skipped: the shared test data with vocabulary and texts is absent");
  process.exit(0);
}
const { files, json, config, texts } = found;
const jsonText = JSON.stringify(json);

const contestants = [
  {
    name: "@palaver/tokenizer",
    load: () => loadTokenizer(files),
    encode: (tokenizer, text) => tokenizer.encode(text),
  },
  {
    name: "tokenizers 0.23.2 (Rust)",
    load: () => Tokenizer.fromString(jsonText),
    encode: async (tokenizer, text) => (await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds(),
  },
  {
    name: "@huggingface/transformers 4.3.1",
    load: () => new PreTrainedTokenizer(JSON.parse(jsonText), config),
    encode: (tokenizer, text) => tokenizer.encode(text, { add_special_tokens: false }),
  },
];

const rows = [];
for (const contestant of contestants) {
  const loads = [];
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    const start = performance.now();
    contestant.tokenizer = contestant.load();
    loads.push(performance.now() - start);
  }
  rows.push({
    tokenizer: contestant.name,
    "load, ms (first / median)": `${loads[0].toFixed(0)} / ${median(loads).toFixed(0)}`,
  });
}

for (const [title, chunks] of Object.entries(texts)) {
  const units = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const speeds = contestants.map(() => []);
  const counts = contestants.map(() => 0);
  const first = [];
  for (const [index, contestant] of contestants.entries()) {
    first[index] = (await pass({ ...contestant, tokenizer: contestant.load() }, chunks, units)).speed;
  }
  for (let round = 0; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const { speed, count } = await pass(contestant, chunks, units);
      speeds[index].push(speed);
      counts[index] = count;
    }
  }
  if (counts[0] !== counts[1]) {
    console.error(`${title}: ${counts} ids, the first two should be the same`);
    process.exit(1);
  }
  for (const [index, row] of rows.entries()) {
    row[title] =
      `${first[index].toFixed(2)} / ${median(speeds[index]).toFixed(2)}${counts[index] === counts[0] ? "" : " *"}`;
  }
}

console.log(
  `Million characters a second, first pass / median of ${rounds} later ones; ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`,
);
console.table(Object.fromEntries(rows.map(({ tokenizer, ...row }) => [tokenizer, row])));
console.log("* gives other ids than the first two");

async function pass({ tokenizer, encode }, chunks, units) {
  let count = 0;
  const start = performance.now();
  for (const chunk of chunks) {
    const ids = encode(tokenizer, chunk);
    count += (ids instanceof Promise ? await ids : ids).length;
  }
  return { speed: units / (performance.now() - start) / 1000, count };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
