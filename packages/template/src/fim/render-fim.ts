import { PalaverError, type TextSegment } from "@palaver/core";
import type { FimFormat, FimOrder, FimRequest } from "./fim-format.ts";

/** A prompt whose answer fills the hole. */
export interface FimPrompt {
  /** The prompt; the code in it is marked as a person's, so that it cannot spell markers. */
  readonly segments: readonly TextSegment[];
  /** Tokens that end the answer; `fimStopIds` gives their ids. */
  readonly stopTokens: readonly string[];
}

export interface RenderFimOptions {
  /** Which comes first, prefix or suffix. Default: `psm` where the family has it, else `spm`. */
  readonly order?: FimOrder;
}

/** Writes code with a hole as the model was trained to read it. @throws ERR_UNSUPPORTED for files or an order that the family lacks. */
export function renderFim(format: FimFormat, request: FimRequest, options: RenderFimOptions = {}): FimPrompt {
  const { order = format.layouts.psm === undefined ? "spm" : "psm" } = options;
  const layout = format.layouts[order];
  if (layout === undefined) {
    throw new PalaverError("ERR_UNSUPPORTED", `${format.name} has no order ${order}: leave the order out`);
  }
  if ((request.files ?? []).length > 0 && !format.takesFiles) {
    throw new PalaverError("ERR_UNSUPPORTED", `${format.name} has no form for other files: leave the files out`);
  }
  return { segments: layout(request).filter(({ text }) => text !== ""), stopTokens: format.stopTokens };
}
