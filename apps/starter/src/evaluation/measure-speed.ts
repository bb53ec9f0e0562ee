import { cpus } from "node:os";
import type { Model } from "@palaver/core";
import { generate } from "@palaver/engine";
import { greedy } from "@palaver/sampling";
import type { Speed } from "./evaluation.ts";

/** As long as a chat that fills half of the context. */
const promptTokens = 256;
const answerTokens = 128;
const runs = 5;

/** Reads a prompt and writes an answer a few times, and gives the median speeds. */
export async function measureSpeed(model: Model, loadMs: number): Promise<Speed> {
  const { decoder, tokenizer } = model;
  // Any ids take the same time.
  const prompt = Array.from({ length: promptTokens }, (_, index) => index % tokenizer.vocabSize);
  const speeds: { readonly prompt: number; readonly answer: number }[] = [];
  for (let run = 0; run < runs; run++) {
    for await (const event of generate({ decoder, prompt, sampler: greedy(), maxTokens: answerTokens })) {
      if (event.type !== "finish") continue;
      const { promptMs, completionTokens, completionMs } = event.usage;
      // The first token comes with the prompt's logits.
      speeds.push({ prompt: (1000 * promptTokens) / promptMs, answer: (1000 * (completionTokens - 1)) / completionMs });
    }
  }
  return {
    machine: cpus()[0]?.model ?? "unknown",
    threads: decoder.info.threads,
    loadMs: Math.round(loadMs),
    promptTokensPerSecond: median(speeds.map(({ prompt: speed }) => speed)),
    tokensPerSecond: median(speeds.map(({ answer }) => answer)),
  };
}

// --- internal ---

function median(values: readonly number[]): number {
  return Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}
