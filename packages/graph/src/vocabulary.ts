import { PalaverError } from "@palaver/core";
import type { DecoderConfig } from "./decoder-config.ts";
import { type StoredMatrix, type WriteScope, type WrittenLinear, writeLinear } from "./linear.ts";

const EMBEDDING = "model.embed_tokens";

/**
 * Writes the embedding and the head; `output` becomes the embedding's rows of `ids`, scaled. A tied head and the embedding
 * share one table, quantized or not: `GatherBlockQuantized` widens only the rows that it takes, which a memory-mapped
 * table makes almost free.
 */
export async function writeVocabulary(
  scope: WriteScope,
  config: DecoderConfig,
  { ids, output }: { readonly ids: string; readonly output: string },
): Promise<WrittenLinear> {
  const table = { columns: config.hidden, role: "vocabulary" } as const;
  const headTensor = config.tiedHead ? EMBEDDING : "lm_head";
  const head = await writeLinear(scope, { name: "head", ...table }, { tensor: headTensor, rows: config.vocab });
  const embedding = config.tiedHead
    ? head
    : await writeLinear(scope, { name: "embedding", ...table }, { tensor: EMBEDDING, rows: config.vocab });
  if (config.embeddingScale === 1) {
    writeLookup(scope, config, embedding.stored, [ids, output]);
    return head;
  }
  writeLookup(scope, config, embedding.stored, [ids, "embedding.rows"]);
  scope.graph.number("embedding.scale", config.embeddingScale);
  scope.graph.node("Mul", ["embedding.rows", "embedding.scale"], [output]);
  return head;
}

// --- internal ---

function writeLookup(
  { graph }: WriteScope,
  { vocab, hidden }: DecoderConfig,
  table: StoredMatrix,
  [ids, output]: readonly [string, string],
): void {
  if (table.kind === "float") {
    graph.node("Gather", [table.name, ids], [output], { axis: 0 });
    return;
  }
  if (table.kind === "int8")
    throw new PalaverError("ERR_UNSUPPORTED", "rows of a transposed matrix cannot be looked up");
  const { bits, block } = table.form;
  const codes = "embedding.table";
  graph.constant(codes, "uint8", [vocab, (hidden * bits) / 8], table.codes);
  graph.node("microsoft:GatherBlockQuantized", [codes, ids, table.scales], [output], {
    gather_axis: 0,
    quantize_axis: 1,
    block_size: block,
    bits,
  });
}
