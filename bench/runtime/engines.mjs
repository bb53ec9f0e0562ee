/**
 * The report's columns. `files` are what `shape-files.mjs` writes; engines with the same `numbers` compute the same function
 * and must choose the same tokens. A `check` is not timed: it runs only to choose tokens.
 */
export const engines = [
  {
    id: "palaver",
    name: "Palaver",
    about: "`palaver import --quantize q4`, in the blocks that it chooses by width: 128 or 64.",
    worker: "palaver.mjs",
    files: { model: "palaver.onnx" },
    numbers: "Palaver's blocks",
  },
  {
    id: "prompts",
    name: "Palaver, int8 prompts",
    about: "with `--prefill int8`: a second graph takes the prompts.",
    worker: "palaver.mjs",
    files: { model: "palaver.onnx", prefillModel: "prompts.onnx" },
  },
  {
    id: "cache",
    name: "Palaver, int8 cache",
    about: "with `--cache int8`.",
    worker: "palaver.mjs",
    files: { model: "palaver-int8-cache.onnx" },
  },
  {
    id: "both",
    name: "Palaver, int8 both",
    about: "with `--prefill int8 --cache int8`.",
    worker: "palaver.mjs",
    files: { model: "palaver-int8-cache.onnx", prefillModel: "prompts-int8-cache.onnx" },
  },
  {
    id: "palaver-32",
    name: "Palaver, blocks of 32",
    about: "what an import of the GGUF gives: llama.cpp's Q4_0 and Q8_0 as they are.",
    worker: "palaver.mjs",
    files: { model: "palaver-32.onnx" },
    numbers: "blocks of 32",
  },
  {
    id: "llama.cpp",
    name: "llama.cpp",
    about: "layers in Q4_0, the table in Q8_0, the cache in float16.",
    worker: "llama-cpp.mjs",
    files: { model: "model.gguf" },
    numbers: "blocks of 32",
  },
  {
    id: "transformers",
    name: "Transformers.js",
    about:
      "the form of the hub's exports: q4 in blocks of 32 computed in float32, attention of plain operators, logits for each position.",
    worker: "transformers.mjs",
    files: { model: "export" },
  },
  {
    id: "transformers-best",
    name: "Transformers.js, best form",
    about: "Palaver's own graph behind the hub's inputs: int8 products, fused attention, logits for the last position.",
    worker: "transformers.mjs",
    files: { model: "fused" },
    numbers: "Palaver's blocks",
  },
  {
    id: "transformers-check",
    name: "Transformers.js, the hub's form with the others' table",
    worker: "transformers.mjs",
    files: { model: "export-check" },
    numbers: "blocks of 32",
    needs: "transformers",
    check: true,
  },
];
