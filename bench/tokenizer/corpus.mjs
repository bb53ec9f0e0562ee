// Texts and the vocabulary of the benchmark, from the shared test data.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const data = process.env.PALAVER_SHARED_DATA ?? fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const root = fileURLToPath(new URL("../../packages/", import.meta.url));
const read = (name) => readFileSync(`${data}/${name}`, "utf8");

/** Undefined where the shared test data is absent. */
export function corpus() {
  if (!existsSync(`${data}/tokenizers/qwen2.5-0.5b-instruct/vocab.json`)) return undefined;
  const folder = "tokenizers/qwen2.5-0.5b-instruct";
  const files = {
    "vocab.json": read(`${folder}/vocab.json`),
    "merges.txt": read(`${folder}/merges.txt`),
    "tokenizer_config.json": read(`${folder}/tokenizer_config.json`),
  };
  return { files, json: asTokenizerJson(files), config: JSON.parse(files["tokenizer_config.json"]), texts: texts() };
}

function texts() {
  const stories = JSON.parse(read("dialogue/tinystories/tinystories_1000.json"));
  const prose = Object.values(stories)
    .map((story) => (typeof story === "string" ? story : JSON.stringify(story)))
    .join("\n");
  const many = JSON.parse(read("expected-ids/swift-multilingual/inputs.json")).map((input) => input.text);
  return {
    "English prose": cut(prose),
    "word problems": cut(read("dialogue/gsm8k/train.jsonl")),
    // Control tokens in the code would be read as such by the others, and as text by us.
    "TypeScript code": cut(sources(root).replaceAll("<|", "< |")),
    "many scripts": cut(Array.from({ length: 60 }, () => many.join("\n")).join("\n")),
  };
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== "node_modules" && entry.name !== "dist")
    .map((entry) => {
      if (entry.isDirectory()) return sources(`${folder}/${entry.name}`);
      return entry.name.endsWith(".ts") ? readFileSync(`${folder}/${entry.name}`, "utf8") : "";
    })
    .join("");
}

/** Chunks of 4,000 characters, at most a million in all, cut between lines or words. */
function cut(text) {
  const chunks = [];
  for (let at = 0; at < Math.min(text.length, 1_000_000); ) {
    const end = text.lastIndexOf(" ", at + 4000);
    const stop = end > at ? end : at + 4000;
    chunks.push(text.slice(at, stop));
    at = stop;
  }
  return chunks;
}

function asTokenizerJson(files) {
  const merges = files["merges.txt"].split("\n").filter((line) => line !== "" && !line.startsWith("#version"));
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false };
  const pattern =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  const added = Object.entries(JSON.parse(files["tokenizer_config.json"]).added_tokens_decoder);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added.map(([id, token]) => ({ id: Number(id), ...token })),
    normalizer: { type: "NFC" },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [{ type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false }, byteLevel],
    },
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      vocab: JSON.parse(files["vocab.json"]),
      merges: merges.map((line) => line.split(" ")),
    },
  };
}
