import { readFile } from "node:fs/promises";
import { PalaverError } from "@palaver/core";
import { generate } from "@palaver/engine";
import { encodeFim, fimStopIds, findFim, renderFim } from "@palaver/template";
import type { Command } from "commander";
import { interruptible } from "../interrupts.ts";
import { decodeUtf8, type Io, write, writeJson } from "../io.ts";
import { type LoadedModel, openModelFor } from "../open-model-for.ts";
import { type RuntimeFlags, type SamplingFlags, withRuntimeFlags, withSamplingFlags } from "../options.ts";
import { samplerFor } from "../sampler-for.ts";
import { speculationFor } from "../speculation-for.ts";
import { terminalText } from "../terminal-text.ts";

interface Flags extends RuntimeFlags, SamplingFlags {
  readonly prefix: string;
  readonly suffix: string;
  readonly json?: boolean;
}

/** `palaver fill`: what stands between two pieces of code. */
export function fillCommand(program: Command, io: Io): void {
  const command = program
    .command("fill")
    .description("Fill in the code between a prefix and a suffix.")
    .argument("<MODEL>", "a folder, a .gguf file; its vocabulary must have fill-in-the-middle tokens")
    .requiredOption("--prefix <file>", "the code before the hole")
    .requiredOption("--suffix <file>", "the code behind the hole")
    .option("--json", "one JSON value: {model, text, finishReason}");
  withSamplingFlags(withRuntimeFlags(command)).action(async (name: string, flags: Flags) => {
    const request = { prefix: await codeOf(flags.prefix), suffix: await codeOf(flags.suffix) };
    const model = await openModelFor(io, name, flags);
    try {
      await interruptible(io.interrupts, (signal) => fill(io, model, request, flags, signal));
    } finally {
      await model.close();
    }
  });
}

// --- internal ---

async function codeOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new PalaverError("ERR_NOT_FOUND", `cannot read ${path}`, { cause });
  });
  return decodeUtf8(bytes, path);
}

async function fill(
  io: Io,
  model: LoadedModel,
  request: { readonly prefix: string; readonly suffix: string },
  flags: Flags,
  signal: AbortSignal,
): Promise<void> {
  const { decoder, tokenizer } = model;
  const format = findFim(tokenizer);
  if (format === undefined) {
    const message = `${model.name} has no fill-in-the-middle tokens: choose a code model that was trained with them`;
    throw new PalaverError("ERR_UNSUPPORTED", message);
  }
  const prompt = encodeFim(tokenizer, format, renderFim(format, request));
  const stopIds = [...new Set([...model.stopIds, ...fimStopIds(format, tokenizer)])];
  const { sampler, seed } = samplerFor(model, flags);
  const limits = { stopIds, maxTokens: flags.maxTokens, stopStrings: flags.stop };
  let text = "";
  let finishReason = "aborted";
  try {
    for await (const event of generate({
      decoder,
      tokenizer,
      prompt,
      sampler,
      speculate: speculationFor(flags),
      signal,
      ...limits,
    })) {
      if (event.type === "finish") finishReason = event.reason;
      if (event.type !== "text-delta") continue;
      text += event.text;
      if (!flags.json) await write(io.stdout, io.stdout.isTTY ? terminalText(event.text) : event.text);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (flags.json) await writeJson(io, { model: model.name, format: format.name, text, finishReason, seed });
  else await write(io.stdout, "\n");
  // What there is of an answer is told; that it is not whole, the exit code says.
  if (finishReason === "aborted") throw signal.reason;
}
