import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "@palaver/core";
import { encodeSafetensors } from "@palaver/formats";
import type { Weights } from "@palaver/graph";
import { importModel } from "@palaver/hub";
import type { TextFiles } from "../text/text-files.ts";

/** A trained model with everything that its folder needs. */
export interface TrainedModel {
  /** Float32. */
  readonly weights: Weights;
  readonly config: JsonObject;
  readonly text: TextFiles;
}

/** Writes a model as a safetensors folder, the form that other programs read. */
export async function saveModel(folder: string, { weights, config, text }: TrainedModel): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const tensors = new Map();
  for (const [name, { shape }] of weights.tensors) {
    tensors.set(name, { type: "F32", shape, bytes: await weights.read(name) });
  }
  await writeFile(join(folder, "config.json"), `${JSON.stringify(config, undefined, 2)}\n`);
  for (const [name, content] of Object.entries(text)) await writeFile(join(folder, name), content);
  await writeFile(
    join(folder, "model.safetensors"),
    encodeSafetensors({ tensors, metadata: new Map([["format", "pt"]]) }),
  );
}

/** Imports a safetensors folder as what ships: an ONNX folder with 8-bit weights, in the blocks that lose least. */
export async function shipModel(folder: string, outDir: string): Promise<void> {
  await importModel(folder, outDir, { quantize: "q8", block: 32 });
}
