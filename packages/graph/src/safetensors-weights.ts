import { type ByteSource, isPalaverError, PalaverError } from "@palaver/core";
import { parseSafetensors, readTensor, type SafetensorsTensor } from "@palaver/formats";
import { checkedWeightType } from "./weight-type.ts";
import type { WeightInfo, Weights } from "./weights.ts";

/** One file of a checkpoint. */
export interface SafetensorsShard extends ByteSource {
  /** The file's path, for messages. Default: none. */
  readonly path?: string;
}

/**
 * The weights of a safetensors checkpoint, of one file or several shards. Headers are read now, tensors when asked for.
 * @throws ERR_FORMAT for a malformed file or a tensor in two of them, ERR_UNSUPPORTED for other types than F32, F16 and
 * BF16, ERR_IO
 */
export async function safetensorsWeights(shards: readonly SafetensorsShard[]): Promise<Weights> {
  const tensors = new Map<string, WeightInfo>();
  const places = new Map<string, { readonly shard: ByteSource; readonly tensor: SafetensorsTensor }>();
  for (const shard of shards) {
    const file = await parseSafetensors(shard).catch((error) => {
      throw withPath(error, shard.path);
    });
    for (const [name, tensor] of file.tensors) {
      if (places.has(name)) {
        throw new PalaverError("ERR_FORMAT", `the tensor ${JSON.stringify(name)} is in two shards`);
      }
      tensors.set(name, { type: checkedWeightType(name, tensor.type), shape: tensor.shape });
      places.set(name, { shard, tensor });
    }
  }
  return {
    tensors,
    read: async (name) => {
      const place = places.get(name);
      if (place === undefined)
        throw new PalaverError("ERR_NOT_FOUND", `no shard has the tensor ${JSON.stringify(name)}`);
      return readTensor(place.shard, place.tensor);
    },
  };
}

// --- internal ---

function withPath(error: unknown, path: string | undefined): unknown {
  if (path === undefined || !isPalaverError(error)) return error;
  const { code, cause, details, message } = error;
  return new PalaverError(code, `${path}: ${message}`, { cause, details: { ...details, path } });
}
