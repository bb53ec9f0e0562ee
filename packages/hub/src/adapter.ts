/**
 * Low-rank adapters as PEFT keeps them (https://github.com/huggingface/peft, `LoraConfig` and `save_pretrained`): a folder
 * with `adapter_config.json` and `adapter_model.safetensors`, whose tensors are called
 * `base_model.model.NAME.lora_A.weight`.
 */

import { basename, join, resolve } from "node:path";
import { PalaverError } from "@palaver/core";
import { encodeSafetensorsHeader } from "@palaver/formats";
import { type LoraOptions, mergedWeights, safetensorsWeights, type Weights } from "@palaver/graph";
import { openFileSource } from "./file-source.ts";
import { fileStore } from "./file-store.ts";
import { type JsonFields, jsonFields } from "./json-fields.ts";
import { type ModelFolder, modelFolder } from "./model-folder.ts";
import { namedError } from "./named-error.ts";

const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";

/** An adapter's files, understood as far as merging it needs. */
export interface AdapterSource {
  readonly path: string;
  readonly rank: number;
  readonly alpha: number;
  /** Real paths: the configuration, the weights. */
  readonly files: readonly [config: string, weights: string];
}

/** What `saveAdapter` writes besides the tensors. */
export interface AdapterFacts {
  readonly rank: number;
  readonly alpha: number;
  /** What the adapter was trained on, for people. */
  readonly baseModel: string;
}

/**
 * Finds an adapter in a folder and checks that merging is all it needs.
 * @throws ERR_NOT_FOUND, ERR_FORMAT, ERR_UNSUPPORTED for kinds other than plain LoRA, ERR_IO
 */
export async function findAdapter(folder: string): Promise<AdapterSource> {
  const path = resolve(folder);
  const found = modelFolder(path);
  const fields = jsonFields((await requireJson(found)) ?? {}, join(path, CONFIG));
  refuseUnmergeable(fields, path);
  const rank = fields.integer("r");
  const alpha = fields.number("lora_alpha");
  if (rank === undefined || rank === 0) throw fields.wrong("r", "a positive integer");
  if (alpha === undefined || alpha <= 0) throw fields.wrong("lora_alpha", "a positive number");
  const isRankStable = fields.boolean("use_rslora") === true;
  return {
    path,
    rank,
    // Rank-stabilized LoRA divides by the root of the rank (https://arxiv.org/abs/2312.03732).
    alpha: isRankStable ? alpha * Math.sqrt(rank) : alpha,
    files: [await requireFile(found, CONFIG), await requireFile(found, WEIGHTS)],
  };
}

/** A checkpoint's weights with an adapter merged in; close the adapter's file when they are read. @throws ERR_FORMAT, ERR_NOT_FOUND, ERR_IO */
export async function openMergedWeights(
  weights: Weights,
  adapter: AdapterSource,
): Promise<{ readonly weights: Weights; close(): Promise<void> }> {
  const file = await openFileSource(adapter.files[1]);
  try {
    const changes = await safetensorsWeights([file]);
    const options: Pick<LoraOptions, "rank" | "alpha"> = { rank: adapter.rank, alpha: adapter.alpha };
    return { weights: mergedWeights(weights, changes, options), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw namedError(error, adapter.path);
  }
}

/** Writes trained changes (`NAME.lora_A`, `NAME.lora_B`, float32) as an adapter that PEFT opens too. @throws ERR_FORMAT, ERR_IO */
export async function saveAdapter(folder: string, changes: Weights, facts: AdapterFacts): Promise<void> {
  const store = fileStore(resolve(folder));
  const names = new Map([...changes.tensors.keys()].map((name) => [`base_model.model.${name}.weight`, name]));
  const entries = [...names].map(
    ([peft, name]) => [peft, { type: "F32", shape: changes.tensors.get(name)!.shape }] as const,
  );
  const header = encodeSafetensorsHeader(new Map(entries), new Map([["format", "pt"]]));
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield header.bytes;
    for (const name of header.tensors.keys()) yield await changes.read(names.get(name)!);
  };
  await store.write(CONFIG, oneChunk(configText([...changes.tensors.keys()], facts)));
  await store.write(WEIGHTS, chunks());
}

// --- internal ---

async function requireJson(folder: ModelFolder): Promise<unknown> {
  const json = await folder.json(CONFIG);
  if (json !== undefined) return json;
  throw missing(folder, CONFIG);
}

async function requireFile(folder: ModelFolder, name: string): Promise<string> {
  const path = await folder.find(name);
  if (path !== undefined) return path;
  throw missing(folder, name);
}

function missing(folder: ModelFolder, name: string): PalaverError {
  return new PalaverError("ERR_NOT_FOUND", `${folder.path} holds no adapter: ${name} is missing`, {
    details: { path: join(folder.path, name) },
  });
}

// What changes the numbers beyond alpha / r * B A would be left out in silence.
function refuseUnmergeable(fields: JsonFields, path: string): void {
  const { raw } = fields;
  const kind = fields.text("peft_type") ?? "LORA";
  const odd = [
    kind !== "LORA" && `the kind ${kind}`,
    raw("use_dora") === true && "DoRA",
    raw("fan_in_fan_out") === true && "transposed matrices",
    (raw("bias") ?? "none") !== "none" && "trained biases",
    isFilled(raw("modules_to_save")) && "modules saved whole",
    isFilled(raw("rank_pattern")) && "ranks of their own for some modules",
    isFilled(raw("alpha_pattern")) && "alphas of their own for some modules",
  ].filter((reason) => reason !== false);
  if (odd.length === 0) return;
  throw new PalaverError(
    "ERR_UNSUPPORTED",
    `${join(path, CONFIG)}: ${odd.join(", ")} cannot be merged, plain LoRA can`,
  );
}

function isFilled(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function configText(names: readonly string[], { rank, alpha, baseModel }: AdapterFacts): string {
  const targets = new Set(names.map((name) => basename(name.replaceAll(".", "/").replace(/\/lora_[AB]$/, ""))));
  const config = {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: baseModel,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: 0,
    target_modules: [...targets].sort(),
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
