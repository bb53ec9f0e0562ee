import { Writable } from "node:stream";
import { createSession } from "@palaver/chat";
import { isPalaverError, PalaverError } from "@palaver/core";
import type { Command } from "commander";
import { type ChatState, runSlashCommand } from "../chat-commands.ts";
import { chatLines } from "../chat-lines.ts";
import { type Io, write, writeJson } from "../io.ts";
import { openModelFor } from "../open-model-for.ts";
import { type RuntimeFlags, type SamplingFlags, withRuntimeFlags, withSamplingFlags } from "../options.ts";
import { samplerFor } from "../sampler-for.ts";
import { defaultModel } from "../shipped-model.ts";
import { speculationFor } from "../speculation-for.ts";
import { oneLine, terminalText } from "../terminal-text.ts";
import { warn } from "../warn.ts";

interface Flags extends RuntimeFlags, SamplingFlags {
  readonly system?: string;
  readonly json?: boolean;
}

/** `palaver chat`: a conversation, on a terminal or through a pipe (a message a line). */
export function chatCommand(program: Command, io: Io): void {
  const command = program
    .command("chat")
    .description("Talk with a model; /help lists the commands.")
    .argument("[MODEL]", "starter, a folder, a .gguf file", defaultModel)
    .option("--system <text>", "the rules of the conversation")
    .option("--json", "at the end, one JSON value: {model, messages}; nothing before it");
  withSamplingFlags(withRuntimeFlags(command)).action(async (name: string, flags: Flags) => {
    const model = await openModelFor(io, name, flags);
    try {
      await talk(io, startState(model, flags), flags.json === true);
    } finally {
      await model.close();
    }
  });
}

// --- internal ---

function startState(model: ChatState["model"], flags: Flags): ChatState {
  if (model.template === undefined) {
    throw new PalaverError(
      "ERR_UNSUPPORTED",
      `${model.name} has no chat template: it can only continue text, with \`palaver run MODEL --raw\``,
    );
  }
  const session = createSession({ model, system: flags.system, contextPolicy: "drop-oldest" });
  return { model, session, flags: { ...flags } };
}

async function talk(io: Io, state: ChatState, isJson: boolean): Promise<void> {
  let answering: AbortController | undefined;
  const lines = chatLines(io, () => answering?.abort());
  if (io.stdin.isTTY) await write(io.stderr, `${oneLine(state.model.name)}. /help lists the commands, /bye ends.\n`);
  try {
    for await (const line of lines) {
      if (line.startsWith("/")) {
        if ((await runSlashCommand(line, state, io)) === "end") break;
        continue;
      }
      if (line.trim() === "") continue;
      answering = new AbortController();
      await answer(isJson ? quiet(io) : io, state, line, answering.signal);
      answering = undefined;
    }
    if (isJson) await writeJson(io, { model: state.model.name, messages: state.session.messages });
  } finally {
    lines.close();
    await state.session.close();
  }
}

/** The same streams, with answers left unsaid: they are told at the end. */
function quiet(io: Io): Io {
  return { ...io, stdout: new Writable({ write: (_chunk, _encoding, done) => done() }) };
}

/** Answers one message. A failure is told, and the conversation goes on: on a pipe it ends the command. */
async function answer(io: Io, { model, session, flags }: ChatState, text: string, signal: AbortSignal): Promise<void> {
  const { sampler } = samplerFor(model, flags);
  try {
    for await (const event of session.send(text, {
      sampler,
      speculate: speculationFor(flags),
      maxTokens: flags.maxTokens,
      stopStrings: flags.stop,
      signal,
    })) {
      if (event.type !== "text-delta" && event.type !== "tool-call-error") continue;
      const said = event.type === "text-delta" ? event.text : event.raw;
      await write(io.stdout, io.stdout.isTTY ? terminalText(said) : said);
    }
    await write(io.stdout, "\n");
  } catch (error) {
    if (!io.stdin.isTTY || !isPalaverError(error)) throw error;
    warn(io, `${error.code}: ${error.message}`);
  }
}
