import { complete, createSession } from "@palaver/chat";
import type { Model, SessionEvent, Usage } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import type { Command } from "commander";
import { interruptible } from "../interrupts.ts";
import { type Io, readAll, write, writeJson } from "../io.ts";
import { type LoadedModel, openModelFor } from "../open-model-for.ts";
import { type RuntimeFlags, type SamplingFlags, withRuntimeFlags, withSamplingFlags } from "../options.ts";
import { samplerFor } from "../sampler-for.ts";
import { speculationFor } from "../speculation-for.ts";
import { terminalText } from "../terminal-text.ts";
import { UsageError } from "../usage-error.ts";

interface Flags extends RuntimeFlags, SamplingFlags {
  readonly raw?: boolean;
  readonly system?: string;
  readonly json?: boolean;
}

/** `palaver run`: one answer to stdout, as it comes. */
export function runCommand(program: Command, io: Io): void {
  const command = program
    .command("run")
    .description("Answer one prompt, or continue a text with --raw.")
    .argument("<MODEL>", "starter, a folder, a .gguf file")
    .argument("[PROMPT]", "the prompt; without it, what stdin gives")
    .option("--raw", "continue PROMPT as it stands, without a chat template; it may be empty")
    .option("--system <text>", "the rules of the conversation")
    .option("--json", "one JSON value: {model, text, finishReason, ...}");
  withSamplingFlags(withRuntimeFlags(command)).action(async (name: string, given: string | undefined, flags: Flags) => {
    if (flags.raw && flags.system !== undefined) throw new UsageError("--system needs a chat template; --raw has none");
    if (given === undefined && io.stdin.isTTY && !flags.raw) {
      throw new UsageError("give a PROMPT, pipe one in, or talk with `palaver chat MODEL`");
    }
    const model = await openModelFor(io, name, flags);
    try {
      const prompt = given ?? (await promptFromStdin(io, flags));
      await interruptible(io.interrupts, async (signal) => {
        const answer = await printAnswer(io, model, prompt, flags, signal);
        if (flags.json) await writeJson(io, { model: model.name, ...answer });
        // What there is of an answer is told; that it is not whole, the exit code says.
        if (answer.finishReason === "aborted") throw signal.reason;
      });
    } finally {
      await model.close();
    }
  });
}

// --- internal ---

interface PrintedAnswer {
  readonly text: string;
  readonly reasoning?: string;
  readonly finishReason: string;
  readonly seed: number;
  readonly usage?: Usage;
}

/** What stdin gives; on a terminal, with --raw, nothing: the sequence then begins with the begin token alone. */
async function promptFromStdin(io: Io, flags: Flags): Promise<string> {
  const prompt = io.stdin.isTTY ? "" : await readAll(io.stdin);
  if (prompt !== "" || flags.raw) return prompt;
  throw new PalaverError("ERR_INVALID_ARGUMENT", "the prompt on stdin is empty: give one, or use --raw");
}

async function printAnswer(
  io: Io,
  model: LoadedModel,
  prompt: string,
  flags: Flags,
  signal: AbortSignal,
): Promise<PrintedAnswer> {
  const { sampler, seed } = samplerFor(model, flags);
  const options = {
    sampler,
    maxTokens: flags.maxTokens,
    stopStrings: flags.stop,
    speculate: speculationFor(flags),
    signal,
  };
  const events = flags.raw
    ? rawEvents(complete(model, prompt, options), signal)
    : sessionEvents(model, prompt, { ...options, system: flags.system });
  let text = "";
  let reasoning = "";
  let finishReason = "aborted";
  let tokens: Usage | undefined;
  for await (const event of events) {
    if (event.type === "text-delta" || event.type === "tool-call-error") {
      const said = event.type === "text-delta" ? event.text : event.raw;
      text += said;
      if (!flags.json) await write(io.stdout, io.stdout.isTTY ? terminalText(said) : said);
    } else if (event.type === "reasoning-delta") {
      reasoning += event.text;
    } else if (event.type === "finish") {
      finishReason = event.reason;
      tokens = event.usage;
    }
  }
  if (!flags.json) await write(io.stdout, "\n");
  return {
    text,
    ...(reasoning !== "" && { reasoning }),
    finishReason,
    seed,
    ...(tokens !== undefined && { usage: tokens }),
  };
}

async function* sessionEvents(
  model: Model,
  prompt: string,
  { signal, ...options }: { readonly signal: AbortSignal } & Omit<Parameters<typeof createSession>[0], "model">,
): AsyncGenerator<SessionEvent> {
  const session = createSession({ model, ...options });
  try {
    yield* session.send(prompt, { signal });
  } finally {
    await session.close();
  }
}

/** An aborted continuation ends where it is, as an aborted answer of a session does. */
async function* rawEvents(events: ReturnType<typeof complete>, signal: AbortSignal): AsyncGenerator<SessionEvent> {
  try {
    for await (const event of events) {
      if (event.type === "text-delta") yield event;
      else if (event.type === "finish") yield { type: "finish", reason: event.reason, usage: event.usage };
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
