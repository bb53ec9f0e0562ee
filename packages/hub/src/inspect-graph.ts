import { stat } from "node:fs/promises";
import { join } from "node:path";
import { dirname } from "node:path/posix";
import { PalaverError } from "@palaver/core";
import { type OnnxGraph, type OnnxModel, type OnnxTensorOutline, parseOnnxOutline } from "@palaver/formats";
import { parseDecoderMetadata } from "@palaver/graph";
import { checkOperators } from "./check-operators.ts";
import type { SharedCacheForm } from "./decoder-form.ts";
import { openFileSource } from "./file-source.ts";
import { type GraphWeights, graphWeights } from "./graph-weights.ts";
import type { ModelFolder } from "./model-folder.ts";
import { namedError } from "./named-error.ts";

/** What protobuf, and so an ONNX file, can be at most. */
const MAX_GRAPH_BYTES = 2 ** 31;

/** What a look at a graph's files tells. */
export interface InspectedGraph {
  /** Its form where it is one of Palaver's own. */
  readonly form: SharedCacheForm | undefined;
  /** Bytes of the graph and its external data. */
  readonly fileBytes: number;
  readonly weights: GraphWeights;
}

/**
 * Reads a graph that somebody made before the runtime does: it is whole, every file of external data that it names lies in
 * its folder and is long enough, and no operator is known to end the process.
 * @throws ERR_FORMAT, ERR_NOT_FOUND for a graph or a data file that is missing, ERR_UNSUPPORTED, ERR_LIMIT, ERR_IO
 */
export async function inspectGraph(folder: ModelFolder, name: string): Promise<InspectedGraph> {
  const path = join(folder.path, name);
  const file = await folder.find(name);
  if (file === undefined)
    throw new PalaverError("ERR_NOT_FOUND", `${path} is missing: fetch it`, { details: { path } });
  const source = await openFileSource(file);
  try {
    if (source.size > MAX_GRAPH_BYTES) {
      throw new PalaverError(
        "ERR_LIMIT",
        `${path} has ${source.size} bytes, an ONNX file has at most ${MAX_GRAPH_BYTES}`,
      );
    }
    // Constants stay unread: somebody's file may hold any number of them, and the event loop waits meanwhile.
    const model = parseOnnxOutline(await source.read(0, source.size));
    checkOperators(model);
    const externalBytes = await checkExternalData(folder, dirname(name), model.graph);
    return {
      form: sharedCacheForm(model),
      fileBytes: source.size + externalBytes,
      weights: graphWeights(model.graph),
    };
  } catch (error) {
    throw namedError(error, path);
  } finally {
    await source.close();
  }
}

/** A graph's form where it is one of Palaver's own. @throws ERR_FORMAT */
export function sharedCacheForm(model: Pick<OnnxModel, "metadata">): SharedCacheForm | undefined {
  const metadata = parseDecoderMetadata(model.metadata ?? {});
  if (metadata === undefined) return undefined;
  const { vocab, ...sizes } = metadata;
  return { kind: "gqa-shared", ...sizes, vocabSize: vocab };
}

// --- internal ---

type Outline = OnnxGraph<OnnxTensorOutline>;

// Locations are relative to the graph's own folder, which may be `onnx` below the model's. Gives the files' bytes.
async function checkExternalData(folder: ModelFolder, below: string, graph: Outline): Promise<number> {
  let bytes = 0;
  const ends = new Map<string, number>();
  for (const { external } of tensors(graph)) {
    if (external === undefined) continue;
    ends.set(external.location, Math.max(ends.get(external.location) ?? 0, external.offset + external.length));
  }
  for (const [location, end] of ends) {
    const name = below === "." ? location : `${below}/${location}`;
    const path = await folder.find(name);
    if (path === undefined) {
      throw new PalaverError("ERR_NOT_FOUND", `${join(folder.path, name)} is missing, which the graph needs: fetch it`);
    }
    const { size } = await stat(path);
    bytes += size;
    if (size >= end) continue;
    throw new PalaverError("ERR_FORMAT", `${path} has ${size} bytes, the graph needs ${end}: fetch it again`, {
      details: { path },
    });
  }
  return bytes;
}

function* tensors(graph: Outline): Generator<OnnxTensorOutline> {
  yield* graph.initializers;
  for (const { attributes = {} } of graph.nodes) {
    for (const attribute of Object.values(attributes)) {
      if (attribute.kind === "tensor") yield attribute.value;
      if (attribute.kind === "graph") yield* tensors(attribute.value);
    }
  }
}
