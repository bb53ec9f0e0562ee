import type { DecoderConfig } from "@palaver/graph";
import { type ImportSource, openSource } from "./import-source.ts";

/** The context that an import builds for. */
export interface ImportContext {
  readonly contextTokens: number;
  /** What was chosen, where there was a choice; else undefined. */
  readonly note: string | undefined;
}

/**
 * The context to build for: what is asked for, else the description's. A model with LongRoPE has two sets of rotary
 * factors, of which a graph holds one: unless more is asked for it is built for its original context, where its authors
 * run it with the short ones.
 */
export function importContext(config: DecoderConfig, asked: number | undefined): ImportContext {
  const scaling = config.ropeScaling;
  if (scaling.type !== "longrope") return { contextTokens: asked ?? config.contextTokens, note: undefined };
  const original = Math.min(scaling.originalContextTokens, config.contextTokens);
  const contextTokens = asked ?? original;
  const note =
    contextTokens > original
      ? `LongRoPE: built for ${contextTokens} tokens of context with the long factors, which turn short prompts otherwise than the ${original} tokens of the original context do`
      : `LongRoPE: built with the short factors for ${contextTokens} tokens of the original context of ${original}; ask for more context, up to ${config.contextTokens}, to build with the long ones`;
  return { contextTokens, note };
}

/** The context to import for so that `needed` tokens fit; undefined where the import's own choice does it, or nothing can. */
export async function longContext(source: ImportSource, needed: number | undefined): Promise<number | undefined> {
  if (needed === undefined) return undefined;
  const opened = await openSource(source);
  await opened.close();
  const { config } = opened;
  const isLong = needed > importContext(config, undefined).contextTokens && needed <= config.contextTokens;
  return isLong ? config.contextTokens : undefined;
}
