import type { LogitsTransform, SampleContext, Sampler } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { draw } from "./draw.ts";
import { type DryOptions, dry } from "./dry.ts";
import { logitBias } from "./logit-bias.ts";
import { minPSelection } from "./min-p.ts";
import { type PenaltyOptions, penalties } from "./penalties.ts";
import type { Selection } from "./selection.ts";
import { bestToken, requireDrawable, survey } from "./survey.ts";
import { requireTemperature } from "./temperature.ts";
import { topKSelection } from "./top-k.ts";
import { topNSigmaSelection } from "./top-n-sigma.ts";
import { topPSelection } from "./top-p.ts";
import { typicalPSelection } from "./typical-p.ts";
import { uniform } from "./uniform.ts";
import { type XtcOptions, xtcSelection } from "./xtc.ts";

export interface SamplerOptions extends PenaltyOptions {
  /** Above 1 more surprising, below 1 more predictable, 0 always the most probable token. Default: 0.8. */
  readonly temperature?: number;
  /** Chooses among this many most probable tokens; 0 for all. Default: 40. */
  readonly topK?: number;
  /** Chooses among the smallest set of tokens with this probability. Default: 0.9. */
  readonly topP?: number;
  /** Chooses among tokens at least this many times as probable as the best. Default: 0. */
  readonly minP?: number;
  /** Chooses among the smallest set of most typical tokens with this probability. Default: 1, all. */
  readonly typicalP?: number;
  /** Chooses among tokens at most this many standard deviations below the largest logit. Default: `Infinity`, all. */
  readonly topNSigma?: number;
  /** Now and then excludes the most probable tokens. Default: never. */
  readonly xtc?: Omit<XtcOptions, "seed">;
  /** Makes it less probable that longer pieces are said again. Default: no penalty. */
  readonly dry?: DryOptions;
  /** Decides, with the position, every draw: a safe integer. Default: 0; pass a fresh one where answers should differ. */
  readonly seed?: number;
  /** Added to the logits of these tokens. Default: none. */
  readonly logitBias?: ReadonlyMap<number, number>;
  /** Applied to the model's own logits before everything else: a grammar's mask and the like. Default: none. */
  readonly transforms?: readonly LogitsTransform[];
}

/**
 * A sampler with the defaults of Ollama and the order of llama.cpp: `transforms`, logit bias, penalties, DRY, top-n-sigma,
 * top-k, typical-p, top-p, min-p, XTC, temperature, draw. Temperature comes last, so the sets above are those of the
 * model's own P. The sampler throws ERR_RUNTIME on logits that are not finite and where every token is excluded.
 * @throws ERR_INVALID_ARGUMENT for an option out of its range
 */
export function createSampler(options: SamplerOptions = {}): Sampler {
  const { temperature = 0.8, topK = 40, topP = 0.9, minP = 0, typicalP = 1, seed = 0 } = options;
  if (!Number.isSafeInteger(seed))
    throw new PalaverError("ERR_INVALID_ARGUMENT", `seed must be an integer, got ${seed}`);
  requireTemperature(temperature);
  const transforms = [
    ...(options.transforms ?? []),
    logitBias(options.logitBias ?? new Map()),
    penalties(options),
    dry(options.dry ?? {}),
  ];
  const selections: Selection[] = [
    topNSigmaSelection(options.topNSigma ?? Number.POSITIVE_INFINITY),
    topKSelection(topK),
    typicalPSelection(typicalP),
    topPSelection(topP),
    minPSelection(minP),
    xtcSelection({ ...options.xtc, seed }),
  ];

  return (logits, context = START) => {
    for (const transform of transforms) transform(logits, context);
    const candidates = survey(logits);
    requireDrawable(candidates);
    if (temperature === 0) return bestToken(candidates);
    for (const select of selections) select(candidates, context);
    return draw(candidates, uniform(seed, context.position), temperature);
  };
}

// --- internal ---

const START: SampleContext = { position: 0, ids: [] };
