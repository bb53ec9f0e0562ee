import { join } from "node:path";
import { PalaverError } from "@palaver/core";
import type { DecoderForm, HubForm, LayerWidths, ModelDetails, ValueNames } from "./decoder-form.ts";
import { type GenerationConfig, parseGenerationConfig, tokenIds } from "./generation-defaults.ts";
import { formName, type GraphWeights, weightCount } from "./graph-weights.ts";
import { inspectGraph } from "./inspect-graph.ts";
import { type JsonFields, jsonFields } from "./json-fields.ts";
import { knownFields } from "./known-fields.ts";
import type { ModelFolder } from "./model-folder.ts";
import { findOnnxGraph, type OnnxDtype } from "./onnx-graph-file.ts";

const GENAI_CONFIG = "genai_config.json";

/** A ready-made ONNX model of the Hub's kind. */
export interface OnnxFolder {
  /**
   * The graph's path in the folder, and not what a link there leads to: the runtime looks for external data beside it, and
   * in the Hub's cache each file is a link to a blob of another name.
   */
  readonly onnxPath: string;
  readonly form: DecoderForm;
  readonly details: ModelDetails;
  /** Of the graph and its external data. */
  readonly fileBytes: number;
  /** What `genai_config.json` advises; other files are read with the tokenizer. */
  readonly generation?: GenerationConfig;
}

/**
 * Reads a folder with a ready-made graph: `genai_config.json` names its file and its cache; else it is `model.onnx` or
 * `onnx/model.onnx` or one of the other dtypes, and sizes come from `config.json` where there is one. Undefined where there is no graph.
 * @throws ERR_FORMAT, ERR_NOT_FOUND for a graph that is named and missing, ERR_INVALID_ARGUMENT for a dtype of what has none, ERR_IO
 */
export async function readOnnxFolder(folder: ModelFolder, dtype?: OnnxDtype): Promise<OnnxFolder | undefined> {
  const genai = await folder.json(GENAI_CONFIG);
  if (genai !== undefined) {
    if (dtype === undefined) return readGenai(folder, genai);
    const message = `${folder.path}: ${GENAI_CONFIG} names the one graph of this folder, no dtype can be chosen`;
    throw new PalaverError("ERR_INVALID_ARGUMENT", message);
  }
  const file = await findOnnxGraph(folder, dtype);
  if (file === undefined) return undefined;
  const { name } = file;
  const { form: own, fileBytes, weights } = await inspectGraph(folder, name);
  const onnxPath = join(folder.path, name);
  const quantization = quantizationOf(file.dtype, weights);
  const config = await folder.json("config.json");
  const fields = jsonFields(config === undefined ? {} : config, join(folder.path, "config.json"));
  const form = own ?? formOfConfig(fields, weights);
  const details = {
    architecture: fields.text("model_type"),
    parameters: weightCount(weights, tiedElements(fields)),
    contextTokens: form.contextTokens,
    quantization,
    widths: widthsOfConfig(fields),
  };
  return { onnxPath, form, details, fileBytes };
}

// --- internal ---

// Most names say it; `model.onnx` may be anything, and `model_quantized.onnx` anything in 8 bits.
function quantizationOf(dtype: OnnxDtype, { mostly }: GraphWeights): string {
  return mostly !== undefined && (dtype === "fp32" || dtype === "quantized") ? formName(mostly) : dtype;
}

// https://onnxruntime.ai/docs/genai/reference/config.html
async function readGenai(folder: ModelFolder, json: unknown): Promise<OnnxFolder> {
  const path = join(folder.path, GENAI_CONFIG);
  const model = jsonFields(json, path).object("model");
  const decoder = model?.object("decoder");
  if (model === undefined || decoder === undefined) throw jsonFields(json, path).wrong("model.decoder", "an object");
  const filename = decoder.text("filename") ?? "model.onnx";
  const { form: own, fileBytes, weights } = await inspectGraph(folder, filename);
  const contextTokens = model.integer("context_length");
  const search = jsonFields(json, path).object("search");
  const advice =
    search === undefined ? { defaults: {} } : parseGenerationConfig(jsonFields(json, path).raw("search"), path);
  const form = knownFields<HubForm>({
    kind: "hub",
    layers: decoder.integer("num_hidden_layers"),
    kvHeads: decoder.integer("num_key_value_heads"),
    headDim: decoder.integer("head_size"),
    contextTokens,
    vocabSize: model.integer("vocab_size"),
    cacheType: weights.cacheType,
    names: valueNames(decoder.object("inputs"), decoder.object("outputs")),
  });
  const details = {
    architecture: model.text("type"),
    parameters: weightCount(weights),
    contextTokens,
    quantization: weights.mostly && formName(weights.mostly),
    widths: widthsOfGenai(decoder, weights),
  };
  const ids = tokenIds(jsonFields(json, path).raw("model"), path);
  const onnxPath = join(folder.path, filename);
  return { onnxPath, form: own ?? form, details, fileBytes, generation: { defaults: advice.defaults, ...ids } };
}

function valueNames(inputs: JsonFields | undefined, outputs: JsonFields | undefined): ValueNames {
  const caches: [string, string][] = [
    [
      inputs?.text("past_key_names") ?? "past_key_values.%d.key",
      outputs?.text("present_key_names") ?? "present.%d.key",
    ],
    [
      inputs?.text("past_value_names") ?? "past_key_values.%d.value",
      outputs?.text("present_value_names") ?? "present.%d.value",
    ],
  ];
  const joined = inputs?.text("past_names");
  return knownFields<ValueNames>({
    inputIds: inputs?.text("input_ids"),
    attentionMask: inputs?.text("attention_mask"),
    positionIds: inputs?.text("position_ids"),
    logits: outputs?.text("logits"),
    caches:
      joined === undefined ? Object.fromEntries(caches) : { [joined]: outputs?.text("present_names") ?? "present_%d" },
  });
}

// The file names no width of the feed-forward layer. What leads back into the stream is the widest matrix there.
function widthsOfGenai(decoder: JsonFields, { matrices }: GraphWeights): LayerWidths | undefined {
  const hidden = decoder.integer("hidden_size");
  const heads = decoder.integer("num_attention_heads");
  const back = matrices.filter(({ outputs }) => outputs === hidden);
  const ffn = back.reduce((widest, { inputs }) => Math.max(widest, inputs), 0);
  return hidden === undefined || heads === undefined || ffn === 0 ? undefined : { hidden, ffn, heads };
}

/** Elements of the table that embedding and head share by the configuration. */
function tiedElements(config: JsonFields): number | undefined {
  const vocabSize = config.integer("vocab_size");
  const hidden = config.integer("hidden_size") ?? config.integer("n_embd");
  const isTied = config.raw("tie_word_embeddings") === true && vocabSize !== undefined && hidden !== undefined;
  return isTied ? vocabSize * hidden : undefined;
}

function widthsOfConfig(config: JsonFields): LayerWidths | undefined {
  const hidden = config.integer("hidden_size") ?? config.integer("n_embd");
  const heads = config.integer("num_attention_heads") ?? config.integer("n_head");
  // GPT-2's files leave open what is four times as wide.
  const ffn = config.integer("intermediate_size") ?? config.integer("n_inner") ?? (hidden ?? 0) * 4;
  return hidden === undefined || heads === undefined ? undefined : { hidden, ffn, heads };
}

// Families of before Llama have their own words: n_layer, n_head, n_positions.
function formOfConfig(config: JsonFields, { cacheType }: GraphWeights): HubForm {
  const heads = config.integer("num_attention_heads") ?? config.integer("n_head");
  const hidden = config.integer("hidden_size") ?? config.integer("n_embd");
  const even = heads !== undefined && hidden !== undefined && heads > 0 ? hidden / heads : undefined;
  return knownFields<HubForm>({
    kind: "hub",
    layers: config.integer("num_hidden_layers") ?? config.integer("n_layer"),
    kvHeads: config.integer("num_key_value_heads") ?? heads,
    headDim: config.integer("head_dim") ?? (Number.isInteger(even) ? even : undefined),
    contextTokens: config.integer("max_position_embeddings") ?? config.integer("n_positions"),
    vocabSize: config.integer("vocab_size"),
    cacheType,
  });
}
