import { readFile, writeFile } from "node:fs/promises";
import type { ChatSession } from "@palaver/chat";
import { isPalaverError, type Message, PalaverError, parseMessages } from "@palaver/core";
import { InvalidArgumentError } from "commander";
import { type Io, write } from "./io.ts";
import type { LoadedModel } from "./load-model.ts";
import { integer, type MutableSamplingFlags, real } from "./options.ts";
import { placementText } from "./placement.ts";
import { oneLine, terminalText } from "./terminal-text.ts";

/** What a running chat holds and its commands may change. */
export interface ChatState {
  readonly model: LoadedModel;
  readonly session: ChatSession;
  readonly flags: MutableSamplingFlags;
}

interface SlashCommand {
  readonly usage: string;
  readonly help: string;
  readonly run: (argument: string, state: ChatState, io: Io) => Promise<"end" | undefined> | "end" | undefined;
}

/** Runs a line that begins with a slash; says what is wrong with it instead of failing. */
export async function runSlashCommand(line: string, state: ChatState, io: Io): Promise<"end" | undefined> {
  const [, name = "", argument = ""] = /^\/(\S*)\s*(.*)$/s.exec(line) ?? [];
  const command = own(commands, name);
  if (command === undefined) {
    await write(io.stderr, `there is no /${terminalText(name)}; /help lists the commands\n`);
    return undefined;
  }
  try {
    return await command.run(argument.trim(), state, io);
  } catch (error) {
    if (!isPalaverError(error)) throw error;
    await write(io.stderr, `${error.code}: ${terminalText(error.message)}\n`);
    return undefined;
  }
}

// --- internal ---

const settings: Record<string, (text: string) => Partial<MutableSamplingFlags>> = {
  temperature: (text) => ({ temperature: real(0, 100)(text) }),
  "top-k": (text) => ({ topK: integer(0, 1 << 24)(text) }),
  "top-p": (text) => ({ topP: real(0, 1)(text) }),
  "min-p": (text) => ({ minP: real(0, 1)(text) }),
  "repetition-penalty": (text) => ({ repetitionPenalty: real(0.001, 1000)(text) }),
  seed: (text) => ({ seed: integer(0, 2 ** 32 - 1)(text) }),
  "max-tokens": (text) => ({ maxTokens: integer(0, 1 << 24)(text) }),
};

const commands: Record<string, SlashCommand> = {
  help: {
    usage: "/help",
    help: "list the commands",
    run: async (_argument, _state, io) => {
      const rows = Object.values(commands).map(({ usage, help }) => `${usage.padEnd(22)}${help}`);
      await write(io.stderr, `${rows.join("\n")}\n${'"""'.padEnd(22)}begin and end a message of several lines\n`);
      return undefined;
    },
  },
  clear: {
    usage: "/clear",
    help: "forget the conversation, keep the system message",
    run: (_argument, { session }) => {
      session.reset();
      return undefined;
    },
  },
  system: {
    usage: "/system TEXT",
    help: "new rules, and a new conversation",
    run: (argument, { session }) => {
      session.reset(argument === "" ? [] : [{ role: "system", content: argument }]);
      return undefined;
    },
  },
  set: {
    usage: "/set NAME VALUE",
    help: Object.keys(settings).join(", "),
    run: (argument, { flags }) => {
      const [name = "", value = ""] = argument.split(/\s+/, 2);
      const setting = own(settings, name);
      if (setting === undefined) throw wrong(`/set knows ${Object.keys(settings).join(", ")}`);
      try {
        Object.assign(flags, setting(value));
      } catch (error) {
        throw error instanceof InvalidArgumentError ? wrong(`/set ${name}: ${error.message}`) : error;
      }
      return undefined;
    },
  },
  save: {
    usage: "/save FILE",
    help: "write the conversation as JSON",
    run: async (argument, { session }) => {
      if (argument === "") throw wrong("/save needs a file");
      await orIo(`cannot write ${argument}`, () => writeFile(argument, `${JSON.stringify(session, undefined, 2)}\n`));
      return undefined;
    },
  },
  load: {
    usage: "/load FILE",
    help: "go on with a saved conversation",
    run: async (argument, { session }) => {
      if (argument === "") throw wrong("/load needs a file");
      const text = await orIo(`cannot read ${argument}`, () => readFile(argument, "utf8"));
      session.reset(parseSaved(argument, text));
      return undefined;
    },
  },
  about: {
    usage: "/about",
    help: "which model this is, and where it runs",
    run: async (_argument, { model }, io) => {
      await write(io.stderr, `${oneLine(model.name)} on ${oneLine(placementText(model.placement))}\n`);
      return undefined;
    },
  },
  bye: { usage: "/bye", help: "end", run: () => "end" },
};

/** What the table itself holds: people may type `constructor` too, which every object has. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function wrong(message: string): PalaverError {
  return new PalaverError("ERR_INVALID_ARGUMENT", message);
}

async function orIo<T>(message: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new PalaverError("ERR_IO", `${message}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

function parseSaved(path: string, text: string): Message[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PalaverError("ERR_FORMAT", `${path} is not JSON`, { cause });
  }
  return parseMessages(value);
}
