import { PalaverError } from "@palaver/core";
import { score } from "@palaver/engine";
import type { Command } from "commander";
import { interruptible } from "../interrupts.ts";
import { type Io, readAll, write, writeJson } from "../io.ts";
import { jsonText } from "../json-text.ts";
import { type LoadedModel, openModelFor } from "../open-model-for.ts";
import { integer, type RuntimeFlags, withRuntimeFlags } from "../options.ts";

interface Flags extends RuntimeFlags {
  readonly chunk?: number;
  readonly json?: boolean;
}

/** `palaver score`: log P of each token, their sum, perplexity. */
export function scoreCommand(program: Command, io: Io): void {
  const command = program
    .command("score")
    .description("Show how probable a model finds a text: log P of each token, their sum, perplexity.")
    .argument("<MODEL>", "a folder, a .gguf file")
    .argument("[TEXT]", "the text; without it, what stdin gives")
    .option(
      "--chunk <n>",
      "tokens computed at once; 1 goes token by token (default: 64, fewer where the vocabulary is large)",
      integer(1, 4096),
    )
    .option("--json", "one JSON value: {tokens: [{id, token, logprob}], logprob, perplexity}");
  withRuntimeFlags(command).action(async (name: string, given: string | undefined, flags: Flags) => {
    const text = given ?? (await readAll(io.stdin));
    const model = await openModelFor(io, name, flags);
    try {
      await interruptible(io.interrupts, (signal) => printScore(io, model, text, flags, signal));
    } finally {
      await model.close();
    }
  });
}

// --- internal ---

async function printScore(io: Io, model: LoadedModel, text: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const { decoder, tokenizer } = model;
  const ids = tokenizer.encode(text, { addSpecialTokens: true });
  if (ids.length < 2)
    throw new PalaverError("ERR_INVALID_ARGUMENT", "a score needs at least two tokens: give a longer text");
  const tokens: { id: number; token: string; logprob: number }[] = [];
  for await (const event of score({ decoder, ids, chunk: flags.chunk, signal })) {
    if (event.type === "token") {
      const token = tokenizer.idToToken(event.id) ?? "";
      if (flags.json) tokens.push({ id: event.id, token, logprob: event.logprob });
      else await write(io.stdout, `${event.logprob.toFixed(6)}\t${event.id}\t${jsonText(token)}\n`);
    } else if (flags.json) {
      const { logprob, perplexity } = event;
      await writeJson(io, { model: model.name, given: ids[0], tokens, logprob, perplexity });
    } else {
      await write(io.stdout, `log P = ${event.logprob.toFixed(6)} over ${event.tokens} tokens\n`);
      await write(io.stdout, `perplexity = ${event.perplexity.toFixed(6)}\n`);
    }
  }
}
