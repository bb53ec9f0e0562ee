import { isPalaverError, type Model } from "@palaver/core";
import { type ConversationLog, createApp, type ModelProvider, modelList } from "@palaver/server";
import { listen, openConversationLog, type RunningServer } from "@palaver/server/node";
import type { Command } from "commander";
import { type Io, write } from "../io.ts";
import { type LoadedModel, openModelFor } from "../open-model-for.ts";
import { integer, type RuntimeFlags, withRuntimeFlags } from "../options.ts";
import { defaultModel } from "../shipped-model.ts";
import { UsageError } from "../usage-error.ts";
import { version } from "../version.ts";

interface Flags extends RuntimeFlags {
  readonly host: string;
  readonly port: number;
  readonly log?: string;
}

/** `palaver serve`: the dialects of Ollama and OpenAI over the models that are named here. */
export function serveCommand(program: Command, io: Io): void {
  const command = program
    .command("serve")
    .description("Serve models over HTTP in Ollama's and OpenAI's dialects.")
    .argument(
      "[MODEL...]",
      "folders, .gguf files; requests name them by their own name, without path and ending (default: starter)",
    )
    .option("--host <address>", "where to listen; beyond this machine it needs PALAVER_API_KEY", "127.0.0.1")
    .option("--port <n>", "0 takes a free one", integer(0, 65_535), 11_434)
    .option("--log <file>", "keep finished conversations and their ratings there; without it nothing is kept");
  withRuntimeFlags(command).action(async (names: string[], flags: Flags) => {
    if (flags.adapter !== undefined && names.length !== 1) throw new UsageError("--adapter needs one MODEL to go with");
    const models: LoadedModel[] = [];
    // Before minutes of import: a file that cannot be the log.
    const log = flags.log === undefined ? undefined : await openConversationLog(flags.log);
    try {
      for (const name of names) models.push(await openModelFor(io, name, flags));
      if (names.length === 0) models.push(...(await starterIfThere(io, flags)));
      await serve(io, { models: provider(names, models), log, flags });
    } finally {
      for (const model of models) await model.close();
      await log?.close();
    }
  });
}

// --- internal ---

/** The model that ships; a server starts without it too, and says so. */
async function starterIfThere(io: Io, flags: Flags): Promise<LoadedModel[]> {
  try {
    return [await openModelFor(io, defaultModel, flags)];
  } catch (error) {
    if (!isPalaverError(error, "ERR_NOT_FOUND")) throw error;
    await write(io.stderr, `palaver: ${error.message}\n`);
    return [];
  }
}

/** Models by their own names, and also by what the operator called them: a request never reaches the file system. */
function provider(given: readonly string[], models: readonly LoadedModel[]): ModelProvider {
  const list = modelList(models.map((model) => ({ info: model.served, load: async (): Promise<Model> => model })));
  const aliases = new Map(given.map((name, index) => [name, models[index]!.name]));
  return { list: list.list, open: (name) => list.open(aliases.get(name) ?? name) };
}

interface Served {
  readonly models: ModelProvider;
  readonly log: ConversationLog | undefined;
  readonly flags: Flags;
}

async function serve(io: Io, { models, log, flags }: Served): Promise<void> {
  const apiKey = process.env.PALAVER_API_KEY;
  const app = createApp({
    models,
    version,
    now: () => performance.timeOrigin + performance.now(),
    random: Math.random,
    log,
    ...(apiKey !== undefined && apiKey !== "" && { apiKey }),
    onError: (error) => io.stderr.write(`palaver: ${describe(error)}\n`),
  });
  const server = await listen(app, { host: flags.host, port: flags.port });
  const served = (await models.list()).map((model) => model.name).join(", ");
  const what = served === "" ? "no model yet (name some: palaver serve MODEL...)" : served;
  await write(io.stderr, `palaver: serving ${what} on ${server.url} (Ctrl-C ends it)\n`);
  if (log !== undefined) await write(io.stderr, `palaver: keeping conversations in ${flags.log}\n`);
  await ended(io, server);
}

/** Waits for Ctrl-C or SIGTERM, then lets answers end; a second Ctrl-C ends them too. */
async function ended(io: Io, server: RunningServer): Promise<void> {
  await new Promise<void>((resolve) => {
    const takeBack = io.interrupts.onInterrupt(() => {
      takeBack();
      resolve();
    });
    process.once("SIGTERM", resolve);
  });
  const takeBack = io.interrupts.onInterrupt(() => void server.close({ drainMs: 0 }));
  await server.close();
  takeBack();
}

function describe(error: unknown): string {
  if (isPalaverError(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
