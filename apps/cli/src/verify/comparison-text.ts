import type { LogitsComparison } from "./compare-logits.ts";
import type { ImportComparison } from "./verify-import.ts";

/** What verifying an import found, for people: a figure a line, and a line for the graph for prompts. */
export function comparisonText(found: ImportComparison): string {
  const { tokens, sameLikeliest, checkpointPerplexity, prefill } = found;
  const lines = [
    `verified over ${tokens} tokens against a plain forward pass in float32`,
    `logits            largest difference ${found.largestDifference.toPrecision(3)}, mean ${found.meanDifference.toPrecision(3)}`,
    `KL divergence     ${nats(found)}`,
    `likeliest token   the same at ${Math.round(sameLikeliest * tokens)} of ${tokens} positions`,
    `perplexity        ${checkpointPerplexity.toFixed(3)} as float32, ${perplexity(found)}`,
  ];
  if (prefill !== undefined)
    lines.push(`prompts           KL divergence ${nats(prefill)}, perplexity ${perplexity(prefill)}`);
  return `${lines.join("\n")}\n`;
}

// --- internal ---

function nats({ klDivergence }: LogitsComparison): string {
  return `${klDivergence.toPrecision(3)} nats a token`;
}

function perplexity({ writtenPerplexity, perplexityChangePercent }: LogitsComparison): string {
  const sign = perplexityChangePercent < 0 ? "" : "+";
  return `${writtenPerplexity.toFixed(3)} as written (${sign}${perplexityChangePercent.toFixed(2)} %)`;
}
