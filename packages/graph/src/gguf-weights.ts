/**
 * A GGUF's tensors under Hugging Face's names. Source of the names and of the order of rows: `gguf-py/gguf/tensor_mapping.py`
 * and `LlamaModel.permute` in `convert_hf_to_gguf.py` of https://github.com/ggml-org/llama.cpp.
 */

import { type ByteSource, PalaverError } from "@palaver/core";
import { dequantize, type GgufFile, type GgufTensor, readTensor } from "@palaver/formats";
import { type DecoderConfig, turnedElements } from "./decoder-config.ts";
import { families } from "./families/families.ts";
import { withoutFused } from "./gguf-fused.ts";
import { bytesView } from "./graph-writer.ts";
import { checkedWeightType } from "./weight-type.ts";
import type { WeightInfo, Weights } from "./weights.ts";

/**
 * The weights of a GGUF, which `config` describes. Rows of queries and keys that the file holds as interleaved pairs
 * are put back into halves, blocks and all, so that one rotary form serves every checkpoint; rows that do not turn stay
 * where they are. An offset that the file holds added to its norms is taken off again.
 * @throws ERR_UNSUPPORTED for a tensor type that cannot be read, ERR_FORMAT for queries, keys and values in one that has other rows
 * or stands beside one of them alone
 */
export function ggufWeights(source: ByteSource, file: Pick<GgufFile, "tensors">, config: DecoderConfig): Weights {
  const family = families.find((candidate) => candidate.name === config.family);
  const interleaved = family?.ggufInterleavedRotary ?? false;
  const stored = config.packedProjections ? file.tensors : withoutFused(file.tensors, config);
  const tensors = new Map<string, WeightInfo>();
  const originals = new Map<string, string>();
  for (const [original, tensor] of stored) {
    const name = canonicalName(original, family?.ggufLayerNames);
    tensors.set(name, { type: checkedWeightType(original, tensor.type), shape: tensor.shape });
    originals.set(name, original);
  }
  return {
    tensors,
    read: async (name) => {
      const original = stored.get(originals.get(name) ?? "");
      if (original === undefined)
        throw new PalaverError("ERR_NOT_FOUND", `the file has no tensor ${JSON.stringify(name)}`);
      const bytes = await readTensor(source, original);
      if (config.normOffset !== 0 && /norm\.weight$/.test(name))
        return withoutOffset(bytes, original, config.normOffset);
      const turned = interleaved && /\.self_attn\.[qk]_proj\./.test(name);
      return turned ? halvesFromPairs(bytes, original.shape[0] ?? 1, config) : bytes;
    },
  };
}

// --- internal ---

const NAMES: Readonly<Record<string, string>> = {
  token_embd: "model.embed_tokens",
  output_norm: "model.norm",
  output: "lm_head",
};

const LAYER_NAMES: Readonly<Record<string, string>> = {
  attn_norm: "input_layernorm",
  attn_q: "self_attn.q_proj",
  attn_k: "self_attn.k_proj",
  attn_v: "self_attn.v_proj",
  attn_q_norm: "self_attn.q_norm",
  attn_k_norm: "self_attn.k_norm",
  attn_output: "self_attn.o_proj",
  ffn_norm: "post_attention_layernorm",
  ffn_gate: "mlp.gate_proj",
  ffn_up: "mlp.up_proj",
  ffn_down: "mlp.down_proj",
};

// A name without a place stays as it is, so that `writeDecoder` can name it when it refuses it.
function canonicalName(name: string, ofFamily: Readonly<Record<string, string>> = {}): string {
  const [, layer, stem = "", kind] = /^(?:blk\.(\d{1,4})\.)?([a-z_]+)\.(weight|bias)$/.exec(name) ?? [];
  const known = layer === undefined ? NAMES : { ...LAYER_NAMES, ...ofFamily };
  if (!Object.hasOwn(known, stem)) return name;
  return layer === undefined ? `${known[stem]}.${kind}` : `model.layers.${layer}.${known[stem]}.${kind}`;
}

// The converter adds the offset in float32 and keeps norms as F32: they are written back as such.
function withoutOffset(bytes: Uint8Array, { type, shape }: GgufTensor, offset: number): Uint8Array {
  if (type !== "F32") throw new PalaverError("ERR_UNSUPPORTED", `a norm of type ${type} is not supported: F32 is`);
  const values = dequantize(
    type,
    bytes,
    shape.reduce((product, length) => product * length, 1),
  );
  return bytesView(values.map((value) => value - offset));
}

// Pair i of a head lies in rows 2i and 2i + 1; in halves it lies in rows i and i + rotaryDim / 2.
function halvesFromPairs(
  bytes: Uint8Array,
  rows: number,
  { headDim, rotaryDim }: Pick<DecoderConfig, "headDim" | "rotaryDim">,
): Uint8Array {
  const turned = turnedElements({ headDim, rotaryDim });
  if (rows % headDim !== 0) throw new PalaverError("ERR_FORMAT", `${rows} rows are no whole heads of ${headDim}`);
  const rowBytes = bytes.byteLength / rows;
  const result = new Uint8Array(bytes.byteLength);
  for (let row = 0; row < rows; row++) {
    const inHead = row % headDim;
    const half = inHead < turned / 2 ? 0 : 1;
    const from = inHead < turned ? row - inHead + 2 * (inHead - (half * turned) / 2) + half : row;
    result.set(bytes.subarray(from * rowBytes, (from + 1) * rowBytes), row * rowBytes);
  }
  return result;
}
