/**
 * Inputs that make tokenizers quadratic, 1 and 2 million characters of each: microseconds of processor time a character,
 * and how the time grows when the input doubles (the best of a few, each by a fresh tokenizer, so that no cache helps).
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadTokenizer } from "../../packages/tokenizer/dist/index.js";

const root = process.env.PALAVER_SHARED_DATA ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));
const tokenizers = ["smollm2-135m", "gpt2", "phi-3-mini", "t5-small"];
const inputs = {
  "one letter": (length) => "a".repeat(length),
  spaces: (length) => " ".repeat(length),
  "random letters": randomLetters,
  emoji: (length) => "\u{1f600}".repeat(length / 2),
  digits: (length) => "7".repeat(length),
};
const length = 1_000_000;
const repetitions = 3;

const rows = {};
for (const name of tokenizers) {
  const json = readFileSync(`${root}/tokenizers/${name}/tokenizer.json`);
  rows[name] = {};
  for (const [title, make] of Object.entries(inputs)) {
    const once = bestMilliseconds(json, make, length);
    const twice = bestMilliseconds(json, make, 2 * length);
    rows[name][title] = `${((once * 1000) / length).toFixed(3)} (x ${(twice / once).toFixed(2)})`;
  }
}
console.log("Microseconds a character at 1 million characters (growth from 1 to 2 million)");
console.table(rows);

function bestMilliseconds(json, make, characters) {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < repetitions; i++) {
    const tokenizer = loadTokenizer({ "tokenizer.json": json });
    tokenizer.encode(make(50_000)); // the compiler has seen the code by then
    const text = make(characters);
    const before = process.cpuUsage();
    tokenizer.encode(text);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

function randomLetters(count) {
  let state = 1;
  let text = "";
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += String.fromCharCode(97 + Math.floor((state / 2 ** 32) * 26));
  }
  return text;
}
