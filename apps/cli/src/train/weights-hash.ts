import { createHash } from "node:crypto";
import type { Weights } from "@palaver/graph";

/** A sha256 of all weights with their names and shapes: by which a resumed training knows what it began from. @throws as `weights.read` */
export async function weightsHash({ tensors, read }: Weights): Promise<string> {
  const hash = createHash("sha256");
  for (const [name, { type, shape }] of tensors) {
    hash.update(JSON.stringify([name, type, shape]));
    hash.update(await read(name));
  }
  return hash.digest("hex");
}
