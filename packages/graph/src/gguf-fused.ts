/**
 * Files of `convert_hf_to_gguf.py --fuse-qkv` (https://github.com/ggml-org/llama.cpp/pull/22780) have the rows of queries, keys and
 * values of a layer in one tensor, in this order.
 */

import { PalaverError } from "@palaver/core";
import type { GgufTensor } from "@palaver/formats";
import type { DecoderConfig } from "./decoder-config.ts";

type Heads = Pick<DecoderConfig, "heads" | "kvHeads" | "headDim">;

/**
 * The tensors with each fused one as three, which lie where its rows are: rows hold whole blocks.
 * @throws ERR_FORMAT for other rows than the heads have, and where a file has one of the three beside it
 */
export function withoutFused(tensors: ReadonlyMap<string, GgufTensor>, heads: Heads): Map<string, GgufTensor> {
  const apart = new Map<string, GgufTensor>();
  for (const [name, tensor] of tensors) {
    const [, layer, kind] = /^blk\.(\d{1,4})\.attn_qkv\.(weight|bias)$/.exec(name) ?? [];
    if (layer === undefined) {
      apart.set(name, tensor);
      continue;
    }
    const own = PARTS.map((part) => `blk.${layer}.attn_${part}.${kind}`).find((single) => tensors.has(single));
    if (own !== undefined) {
      throw new PalaverError("ERR_FORMAT", `the file has ${own} twice: also in ${name}`, { details: { tensor: own } });
    }
    for (const [part, rows] of partsOf(name, tensor, heads)) apart.set(`blk.${layer}.attn_${part}.${kind}`, rows);
  }
  return apart;
}

// --- internal ---

/** Queries, keys and values, in the order of their rows. */
const PARTS = ["q", "k", "v"] as const;

function partsOf(name: string, tensor: GgufTensor, { heads, kvHeads, headDim }: Heads): [string, GgufTensor][] {
  const [rows = 1, ...columns] = tensor.shape;
  const sizes = { q: heads * headDim, k: kvHeads * headDim, v: kvHeads * headDim };
  const wanted = sizes.q + sizes.k + sizes.v;
  if (rows !== wanted) {
    throw new PalaverError("ERR_FORMAT", `${name} has ${rows} rows, queries, keys and values have ${wanted}`, {
      details: { tensor: name },
    });
  }
  let { offset } = tensor;
  return PARTS.map((part) => {
    const size = sizes[part];
    const range = {
      type: tensor.type,
      shape: [size, ...columns],
      offset,
      byteLength: (tensor.byteLength / rows) * size,
    };
    offset += range.byteLength;
    return [part, range];
  });
}
