/**
 * Opens damaged graphs in a process of its own, because a runtime may end it: `FROM COUNT FOLDER...`, folders of
 * `writeGraphFolder`, which take turns. Even seeds damage bytes, odd ones have the graph lie. Prints a line for each seed:
 * the seed before the graph is opened; then how far it came with how it ended, and the milliseconds.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv, stdout } from "node:process";
import { isPalaverError } from "@palaver/core";
import { openModel } from "@palaver/hub";
import { mutant } from "@palaver/test-data/mutant";
import { type LoadedModel, loadModel } from "../load-model.ts";
import { lyingGraph } from "./lying-graph.ts";

const [from = "", count = "", ...folders] = argv.slice(2);
const originals = folders.map((folder) => readFileSync(join(folder, "original.onnx")));

for (let seed = Number(from); seed < Number(from) + Number(count); seed++) {
  const turn = Math.floor(seed / 2) % folders.length;
  const folder = folders[turn]!;
  writeFileSync(join(folder, "model.onnx"), (seed % 2 === 0 ? mutant : lyingGraph)(originals[turn]!, seed));
  stdout.write(`${seed} `);
  const start = performance.now();
  const ending = await open(folder);
  stdout.write(`${ending} ${Math.round(performance.now() - start)}\n`);
}

async function open(folder: string): Promise<string> {
  let stage = "gate";
  let model: LoadedModel | undefined;
  try {
    await openModel(folder);
    stage = "load";
    model = await loadModel(folder, { device: "cpu", driver: "native", threads: 1 });
    stage = "step";
    const cache = model.decoder.createCache();
    await model.decoder.step([{ cache, tokens: [1, 2, 3] }]);
    await model.decoder.step([{ cache, tokens: [4] }]);
    return "ran";
  } catch (error) {
    return `${stage}:${isPalaverError(error) ? error.code : encodeURIComponent(String(error))}`;
  } finally {
    await model?.close();
  }
}
