import { PalaverError } from "@palaver/core";
import type { Family } from "./family.ts";
import { gemma2 } from "./gemma2.ts";
import { gemma3 } from "./gemma3.ts";
import { llama } from "./llama.ts";
import { mistral } from "./mistral.ts";
import { phi3 } from "./phi3.ts";
import { qwen2 } from "./qwen2.ts";
import { qwen3 } from "./qwen3.ts";

/** Every family that `writeDecoder` can write. A new one is a file beside these and a line here. */
export const families: readonly Family[] = [llama, mistral, qwen2, qwen3, gemma2, gemma3, phi3];

/** The family of a config.json, by its `architectures`, else by its `model_type`. @throws ERR_UNSUPPORTED */
export function familyOfArchitecture(architecture: string | undefined, modelType: string | undefined): Family {
  const family =
    architecture === undefined
      ? families.find((candidate) => candidate.name === modelType)
      : families.find((candidate) => architecturesOf(candidate).includes(architecture));
  if (family !== undefined) return family;
  throw unknownArchitecture(architecture ?? modelType ?? "none", families.flatMap(architecturesOf));
}

/** The family of a GGUF, by its `general.architecture`. @throws ERR_UNSUPPORTED */
export function familyOfGguf(architecture: string): Family {
  const family = families.find((candidate) => candidate.ggufArchitectures.includes(architecture));
  if (family !== undefined) return family;
  throw unknownArchitecture(
    architecture,
    families.flatMap((candidate) => candidate.ggufArchitectures),
  );
}

// --- internal ---

function architecturesOf({ architectures, pictureArchitectures = [] }: Family): readonly string[] {
  return [...architectures, ...pictureArchitectures];
}

function unknownArchitecture(architecture: string, known: readonly string[]): PalaverError {
  const shown = JSON.stringify(architecture.slice(0, 80));
  return new PalaverError(
    "ERR_UNSUPPORTED",
    `the architecture ${shown} is not supported: known are ${known.join(", ")}`,
    {
      details: { architecture, known },
    },
  );
}
