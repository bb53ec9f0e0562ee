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
  /**
   * `int8` writes a second graph beside the first, for prompts: its products are in int8, which takes about 0.6
   * of `q4`'s time there, 8 bits a weight more memory, and accuracy that is to be measured for each model. Default: `none`.
   */
  readonly prefill?: "none" | "int8" | undefined;
  /** The longest sequence to build for. Default: the model's own; with LongRoPE the original one, before its stretching. */
  readonly contextTokens?: number | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Stops the import; nothing of it is left. */
  readonly signal?: AbortSignal | undefined;
}
