import type { EncodeExampleOptions } from "@palaver/sft";
import type { Command } from "commander";
import { real } from "../options.ts";
import { UsageError } from "../usage-error.ts";

/** How code gets holes. */
export interface FimFlags {
  readonly fimRate?: number;
  readonly fimSpmRate?: number;
}

/** Adds `--fim-rate` and `--fim-spm-rate`, as every command has them that encodes code. */
export function withFimFlags(command: Command): Command {
  const share = "the share of code examples learnt with a hole to fill (default: 0, code is learnt as text)";
  return command
    .option("--fim-rate <x>", share, real(0, 1))
    .option("--fim-spm-rate <x>", "of those, the share with the suffix first (default: 0.5)", real(0, 1));
}

/** What the flags ask of encoding; undefined where code is learnt as text. @throws UsageError */
export function fimOf({ fimRate, fimSpmRate }: FimFlags, seed: number): EncodeExampleOptions["fim"] {
  if (fimRate !== undefined) return { seed, rate: fimRate, spmRate: fimSpmRate };
  if (fimSpmRate !== undefined) throw new UsageError("--fim-spm-rate needs --fim-rate");
  return undefined;
}
