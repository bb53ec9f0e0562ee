// Writes a random decoder in a process of its own, which leaves no memory behind in the one that measures:
//   node measured-decoder.mjs SHAPE CONTEXT_TOKENS FOLDER [written]
// Prints the graph's path and what its cache needs for a token as JSON.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The same as a function; a folder that was written before is taken as it is. */
export function measuredDecoder(shape, contextTokens, folder, { isWritten }) {
  const args = [
    fileURLToPath(import.meta.url),
    shape,
    String(contextTokens),
    folder,
    ...(isWritten ? ["written"] : []),
  ];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { SHAPES, writeRandomDecoder } = await import("./random-decoder.mjs");
  const [shape, contextTokens, folder, isWritten] = process.argv.slice(2);
  const config = SHAPES[shape];
  const headDim = config.head_dim ?? config.hidden_size / config.num_attention_heads;
  const numbers = 2 * config.num_hidden_layers * config.num_key_value_heads * headDim;
  if (!isWritten) await writeRandomDecoder(folder, shape, Number(contextTokens));
  console.log(
    JSON.stringify({ model: join(folder, "model.onnx"), bytesPerToken: numbers * Float32Array.BYTES_PER_ELEMENT }),
  );
}
