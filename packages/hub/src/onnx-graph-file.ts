import { PalaverError } from "@palaver/core";
import type { ModelFolder } from "./model-folder.ts";

/** How the Hub's ready-made folders name the forms of a graph: `model.onnx` for fp32, else `model_DTYPE.onnx`. */
export const ONNX_DTYPES = ["fp32", "fp16", "q4", "q4f16", "int8", "uint8", "bnb4", "quantized"] as const;

/** The form of a ready-made graph's weights. */
export type OnnxDtype = (typeof ONNX_DTYPES)[number];

/** A graph of a ready-made folder. */
export interface OnnxGraphFile {
  readonly dtype: OnnxDtype;
  /** Its name from the model's folder. */
  readonly name: string;
}

/**
 * The graph of this dtype, in the folder itself or in `onnx` below it; without a dtype fp32, or else the only one there
 * is. Undefined where there is no graph at all.
 * @throws ERR_NOT_FOUND with those that are there, ERR_INVALID_ARGUMENT where one has to be chosen, ERR_FORMAT, ERR_IO
 */
export async function findOnnxGraph(
  folder: ModelFolder,
  dtype: OnnxDtype | undefined,
): Promise<OnnxGraphFile | undefined> {
  const wanted = await findGraph(folder, dtype ?? "fp32");
  if (wanted !== undefined) return wanted;
  const graphs = await allGraphs(folder);
  if (graphs.length === 0) return undefined;
  if (dtype === undefined && graphs.length === 1) return graphs[0];
  const list = graphs.map((graph) => `${graph.dtype} (${graph.name})`).join(", ");
  const details = { path: folder.path, dtypes: graphs.map((graph) => graph.dtype) };
  if (dtype === undefined) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${folder.path} has several graphs, choose one by dtype: ${list}`, {
      details,
    });
  }
  throw new PalaverError("ERR_NOT_FOUND", `${folder.path} has no graph of dtype ${dtype}: it has ${list}`, { details });
}

// --- internal ---

async function allGraphs(folder: ModelFolder): Promise<OnnxGraphFile[]> {
  const graphs: OnnxGraphFile[] = [];
  for (const dtype of ONNX_DTYPES) {
    const graph = await findGraph(folder, dtype);
    if (graph !== undefined) graphs.push(graph);
  }
  return graphs;
}

async function findGraph(folder: ModelFolder, dtype: OnnxDtype): Promise<OnnxGraphFile | undefined> {
  const file = dtype === "fp32" ? "model.onnx" : `model_${dtype}.onnx`;
  for (const name of [file, `onnx/${file}`]) {
    if ((await folder.find(name)) !== undefined) return { dtype, name };
  }
  return undefined;
}
