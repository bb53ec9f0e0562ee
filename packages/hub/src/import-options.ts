import type { QuantizeOptions } from "@palaver/graph";

/** How far an import has come. */
export interface ImportProgress {
  /** `hash`: reading the source to see whether it was imported before; `write`: writing the graph and its weights. */
  readonly phase: "hash" | "write";
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What an import does with the weights, and how it is watched. */
export interface ImportOptions extends QuantizeOptions {
  /** The longest sequence to build for. Default: the model's own; with LongRoPE the original one, before its stretching. */
  readonly contextTokens?: number | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Stops the import; nothing of it is left. */
  readonly signal?: AbortSignal | undefined;
}
