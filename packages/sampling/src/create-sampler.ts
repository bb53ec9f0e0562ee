import type { LogitsTransform, SampleContext, Sampler } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { argmax } from "./argmax.ts";
import { checkLogits } from "./check-logits.ts";
import { draw } from "./draw.ts";
import { logitBias } from "./logit-bias.ts";
import { minP } from "./min-p.ts";
import { type PenaltyOptions, penalties } from "./penalties.ts";
import { selectTop } from "./select-top.ts";
import { temperature } from "./temperature.ts";
import { topK } from "./top-k.ts";
import { topP } from "./top-p.ts";
import { typicalP } from "./typical-p.ts";
import { uniform } from "./uniform.ts";

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
  /** Decides, with the position, every draw: a safe integer. Default: 0; pass a fresh one where answers should differ. */
  readonly seed?: number;
  /** Added to the logits of these tokens. Default: none. */
  readonly logitBias?: ReadonlyMap<number, number>;
  /** Applied to the model's own logits before everything else: a grammar's mask and the like. Default: none. */
  readonly transforms?: readonly LogitsTransform[];
}

/**
 * A sampler with the defaults of Ollama and the order of llama.cpp: `transforms`, logit bias, penalties, top-k,
 * typical-p, top-p, min-p, temperature, draw. Temperature comes last, so the sets above are those of the model's own P.
 * The sampler throws ERR_RUNTIME on logits that are not finite and where every token is excluded.
 * @throws ERR_INVALID_ARGUMENT for an option out of its range
 */
export function createSampler(options: SamplerOptions = {}): Sampler {
  const { temperature: t = 0.8, topK: k = 40, topP: p = 0.9, minP: m = 0, typicalP: typical = 1, seed = 0 } = options;
  if (!Number.isSafeInteger(seed))
    throw new PalaverError("ERR_INVALID_ARGUMENT", `seed must be an integer, got ${seed}`);
  topK(k); // checks it; below, the selection itself is used
  const onVocabulary = [...(options.transforms ?? []), logitBias(options.logitBias ?? new Map()), penalties(options)];
  const onCandidates = [typicalP(typical), topP(p), minP(m), temperature(t)];

  return (logits, context = START) => {
    for (const transform of onVocabulary) transform(logits, context);
    checkLogits(logits);
    if (t === 0) return argmax(logits);
    const ids = k === 0 || k >= logits.length ? undefined : selectTop(logits, k);
    const candidates = ids === undefined ? logits : Float32Array.from(ids, (id) => logits[id]!);
    for (const transform of onCandidates) transform(candidates, context);
    const drawn = draw(candidates, uniform(seed, context.position));
    return ids?.[drawn] ?? drawn;
  };
}

// --- internal ---

const START: SampleContext = { position: 0, ids: [] };
