import { basename, join } from "node:path";
import { PalaverError } from "@palaver/core";
import { encodeGguf, type GgufFile, ggufString, type OnnxOutline, parseOnnxOutline } from "@palaver/formats";
import { hfConfig, type Weights, type WeightType, type WriteDecoderOptions, writeDecoder } from "@palaver/graph";
import { createFileSink, writeFileSynced } from "./file-sink.ts";
import { graphWeights, type MatrixForm } from "./graph-weights.ts";
import { importContext } from "./import-context.ts";
import { type ImportManifest, MANIFEST, manifestText } from "./import-manifest.ts";
import type { ImportOptions } from "./import-options.ts";
import { type ImportReport, RoundingTotals } from "./import-report.ts";
import { type ImportSource, type OpenedSource, openSource } from "./import-source.ts";
import { sharedCacheForm } from "./inspect-graph.ts";
import { knownFields } from "./known-fields.ts";
import type { ModelFolder } from "./model-folder.ts";
import { ggufTextIds } from "./model-text.ts";
import { namedError } from "./named-error.ts";
import { namedVocabulary } from "./named-vocabulary.ts";
import { TEXT_FILES, TOKENIZER_GGUF } from "./text-files.ts";

/** The graph's file in an import. */
export const GRAPH = "model.onnx";

/** The graph for prompts, where there is one. */
export const PREFILL_GRAPH = "prefill.onnx";

/** Every file that an import may write; a folder with any other holds something of somebody else's. */
export const IMPORT_FILES: ReadonlySet<string> = new Set([
  ...[GRAPH, PREFILL_GRAPH].flatMap((name) => [name, weightsFile(name)]),
  ...[MANIFEST, TOKENIZER_GGUF, ...TEXT_FILES],
]);

/** Imports a checkpoint into an empty folder, and tells what was done. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_NOT_FOUND, ERR_IO; `signal.reason` */
export async function writeImport(
  source: ImportSource,
  folder: string,
  { name, ...options }: WriteOptions & { readonly name: string },
): Promise<ImportReport> {
  const opened = await openSource(source);
  try {
    const graph = await writeGraphs(opened, folder, options).catch((error) => {
      throw namedError(error, source.path);
    });
    if (source.kind === "safetensors") await copyTextFiles(source.folder, folder);
    if (opened.gguf !== undefined) await writeGgufText(opened, opened.gguf, folder);
    const manifest: ImportManifest = { name, ...graph };
    await writeFileSynced(join(folder, MANIFEST), encoded(manifestText(manifest)));
    return manifest.report;
  } finally {
    await opened.close();
  }
}

/** Copies the files of a folder that are about text. @throws ERR_FORMAT, ERR_LIMIT, ERR_IO */
export async function copyTextFiles(from: ModelFolder, folder: string): Promise<void> {
  for (const name of TEXT_FILES) {
    const bytes = await from.read(name);
    if (bytes !== undefined) await writeFileSynced(join(folder, name), bytes);
  }
  const ownName = await namedVocabulary(from.path);
  const vocabulary = ownName === undefined ? undefined : await from.read(ownName);
  if (vocabulary !== undefined) await writeFileSynced(join(folder, "tokenizer.model"), vocabulary);
}

/** Writes the graph's description and stop tokens as files that every reader knows, the vocabulary as it was. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT, ERR_IO */
export async function writeGgufText({ config }: OpenedSource, gguf: GgufFile, folder: string): Promise<void> {
  const { metadata } = gguf;
  const { bosId, eosIds } = ggufTextIds(metadata);
  const generation = { bos_token_id: bosId, eos_token_id: eosIds };
  await writeFileSynced(join(folder, "config.json"), json(hfConfig(config)));
  await writeFileSynced(join(folder, "generation_config.json"), json(generation));
  const text = new Map([...metadata].filter(([key]) => TEXT_KEYS.test(key)));
  await writeFileSynced(join(folder, TOKENIZER_GGUF), encodeGguf({ metadata: text }));
  const template = ggufString(metadata, "tokenizer.chat_template");
  if (template !== undefined) await writeFileSynced(join(folder, "chat_template.jinja"), encoded(template));
}

// --- internal ---

// Two names are among the general ones by which a tokenizer knows its model.
const TEXT_KEYS = /^tokenizer\.|^general\.(?:architecture|name)$/;

type WriteOptions = Pick<ImportOptions, "quantize" | "block" | "prefill" | "contextTokens" | "onProgress" | "signal"> &
  Pick<WriteDecoderOptions, "cacheScales">;

function weightsFile(graph: string): string {
  return `${graph}.data`;
}

async function writeGraphs(
  opened: OpenedSource,
  folder: string,
  options: WriteOptions,
): Promise<Omit<ImportManifest, "name">> {
  const { config, weights, notes } = opened;
  const { prefill = "none", onProgress, ...rest } = options;
  const { contextTokens, note } = importContext(config, options.contextTokens);
  const rounding = new RoundingTotals();
  const prefillRounding = new RoundingTotals();
  const passes = prefill === "none" ? 1 : 2;
  const progress = (pass: number) => (doneBytes: number, totalBytes: number) =>
    onProgress?.({ phase: "write", doneBytes: pass * totalBytes + doneBytes, totalBytes: passes * totalBytes });
  const written = { ...rest, contextTokens };
  const main = await writeGraph(opened, join(folder, GRAPH), {
    ...written,
    onRounded: (tensor) => rounding.add(tensor),
    onBytes: progress(0),
  });
  const files = { [GRAPH]: main.graphBytes, [weightsFile(GRAPH)]: main.weightBytes };
  if (prefill === "int8") {
    const { graphBytes, weightBytes } = await writeGraph(opened, join(folder, PREFILL_GRAPH), {
      ...written,
      quantize: "int8",
      prompts: true,
      onRounded: (tensor) => prefillRounding.add(tensor),
      onBytes: progress(1),
    });
    Object.assign(files, { [PREFILL_GRAPH]: graphBytes, [weightsFile(PREFILL_GRAPH)]: weightBytes });
  }
  const form = sharedCacheForm(main.model);
  if (form === undefined) throw new PalaverError("ERR_FORMAT", "the written graph does not name its form");
  return {
    form,
    details: {
      architecture: config.family,
      parameters: parameterCount(weights),
      contextTokens: form.contextTokens,
      quantization: storedAs(weights, graphWeights(main.model.graph).mostly),
      widths: { hidden: config.hidden, ffn: config.ffn, heads: config.heads },
    },
    report: knownFields<ImportReport>({
      rounding: rounding.report,
      prefillRounding: prefillRounding.report,
      notes: note === undefined ? notes : [...notes, note],
    }),
    files,
  };
}

interface WrittenGraph {
  readonly model: OnnxOutline;
  readonly graphBytes: number;
  readonly weightBytes: number;
}

type GraphOptions = Omit<WriteOptions, "onProgress" | "prefill"> &
  Pick<WriteDecoderOptions, "onRounded" | "prompts"> & { readonly onBytes: OnBytes };

async function writeGraph(
  { config, weights }: OpenedSource,
  path: string,
  { onBytes, ...options }: GraphOptions,
): Promise<WrittenGraph> {
  const sink = await createFileSink(weightsFile(path));
  let weightBytes = 0;
  try {
    const bytes = await writeDecoder(config, weights, {
      ...options,
      externalName: basename(weightsFile(path)),
      sink: {
        write: async (chunk) => {
          options.signal?.throwIfAborted();
          weightBytes += chunk.byteLength;
          await sink.write(chunk);
        },
      },
      onProgress: ({ doneBytes, totalBytes }) => onBytes(doneBytes, totalBytes),
    });
    await sink.finish();
    await writeFileSynced(path, bytes);
    return { model: parseOnnxOutline(bytes), graphBytes: bytes.byteLength, weightBytes };
  } finally {
    await sink.close();
  }
}

type OnBytes = (doneBytes: number, totalBytes: number) => void;

function parameterCount(weights: Weights): number {
  let count = 0;
  for (const { shape } of weights.tensors.values()) count += elements(shape);
  return count;
}

// By what was written of most matrices. Of as many bits, the source's own blocks were kept, whatever was asked for.
function storedAs(weights: Weights, written: MatrixForm | undefined): string {
  if (written === undefined || written.kind === "float") return "F32";
  if (written.kind === "int8") return "int8";
  const counts = new Map<WeightType, number>();
  for (const { type, shape } of weights.tensors.values()) {
    if (shape.length > 1) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  return most !== undefined && KEPT_BITS[most] === written.bits ? most : `q${written.bits}`;
}

/** Bits of the types whose blocks stay as they are. */
const KEPT_BITS: Partial<Record<WeightType, number>> = { Q4_0: 4, Q8_0: 8 };

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function json(value: unknown): Uint8Array {
  return encoded(`${JSON.stringify(value, undefined, 2)}\n`);
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
