import { type Evaluation, type ModelResult, percent, type Share } from "./evaluation.ts";

/** An evaluation for the terminal. */
export function resultTable({ part, models }: Evaluation): string {
  return Object.entries(models)
    .map(([name, result]) => [`${name}, ${part} exam`, ...lines(result), ""].join("\n"))
    .join("\n");
}

// --- internal ---

function lines(result: Evaluation["models"][string]): string[] {
  const { speed, bytes } = result;
  return [
    ...result.tasks.map(({ task, group, right }) => line(`${group}: ${task}`, right)),
    ...conduct(result).map(([name, share]) => line(name, share)),
    `  ${(bytes / 1e6).toFixed(1)} MB, opened in ${speed.loadMs} ms; ${speed.threads} threads: prompt ${speed.promptTokensPerSecond}, answer ${speed.tokensPerSecond} tokens/s`,
    ...result.failures.map(
      ({ id, asked, expected, given }) =>
        `  ${id}: ${JSON.stringify(asked)} expected ${JSON.stringify(expected)}, given ${JSON.stringify(given)}`,
    ),
  ];
}

function conduct({ ended, calls, declined, compiles }: ModelResult): readonly (readonly [string, Share])[] {
  return [
    ["ends by itself", ended],
    ["right tool", calls.name],
    ["right arguments", calls.arguments],
    ["right answer from the tool", calls.answer],
    ["declines beyond its world", declined.outside],
    ["declines within its world", declined.inside],
    ["code that compiles", compiles],
  ];
}

function line(name: string, share: Share): string {
  return `  ${name.padEnd(36)} ${percent(share).padStart(7)} of ${share.of}`;
}
