import { isPalaverError } from "@palaver/core";
import { type ConversationLog, createApp, type ModelProvider, modelList } from "@palaver/server";
import { checkAddress, listen, openConversationLog, type RunningServer } from "@palaver/server/node";
import { type Command, InvalidArgumentError } from "commander";
import type { Io } from "../io.ts";
import { type LoadedModel, openModelFor } from "../open-model-for.ts";
import { integer, type RuntimeFlags, withRuntimeFlags } from "../options.ts";
import { type Placement, placementText } from "../placement.ts";
import { defaultModel } from "../shipped-model.ts";
import { terminalText } from "../terminal-text.ts";
import { UsageError } from "../usage-error.ts";
import { version } from "../version.ts";
import { warn } from "../warn.ts";

interface Flags extends RuntimeFlags {
  readonly host: string;
  readonly port: number;
  readonly log?: string;
  readonly allowHost?: readonly string[];
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
    .option(
      "--allow-host <name>",
      "a host name that requests may use besides localhost; may be given again (default: any with a key, else none)",
      hostNames,
    )
    .option("--log <file>", "keep finished conversations and their ratings there; without it nothing is kept");
  withRuntimeFlags(command).action(async (names: string[], flags: Flags) => {
    if (flags.adapter !== undefined && names.length !== 1) throw new UsageError("--adapter needs one MODEL to go with");
    const models: LoadedModel[] = [];
    const apiKey = process.env.PALAVER_API_KEY || undefined;
    // Before minutes of import: an address that cannot be served, a file that cannot be the log.
    requireAddress(flags, apiKey);
    const log = flags.log === undefined ? undefined : await openConversationLog(flags.log);
    try {
      for (const name of names) models.push(await openModelFor(io, name, flags));
      if (names.length === 0) models.push(...(await starterIfThere(io, flags)));
      const placements = models.map(({ placement }) => placement);
      await serve(io, { models: provider(names, models), placements, log, apiKey, flags });
    } finally {
      for (const model of models) await model.close();
      await log?.close();
    }
  });
}

// --- internal ---

/** Collects `--allow-host`. */
function hostNames(name: string, before: readonly string[] = []): string[] {
  if (/^(\[[\da-f:.]+\]|[\w.-]+)$/i.test(name)) return [...before, name];
  throw new InvalidArgumentError("It must be a host name, without a port.");
}

/** @throws UsageError for what `listen` would refuse */
function requireAddress({ host, port }: Flags, apiKey: string | undefined): void {
  try {
    checkAddress({ host, port, apiKey });
  } catch (error) {
    if (!isPalaverError(error, "ERR_INVALID_ARGUMENT")) throw error;
    if (apiKey !== undefined) throw new UsageError(`PALAVER_API_KEY: ${error.message}`);
    throw new UsageError(`--host ${host} is open to other machines: set PALAVER_API_KEY, or listen on 127.0.0.1`);
  }
}

/** The model that ships; a server starts without it too, and says so. */
async function starterIfThere(io: Io, flags: Flags): Promise<LoadedModel[]> {
  try {
    return [await openModelFor(io, defaultModel, flags)];
  } catch (error) {
    if (!isPalaverError(error, "ERR_NOT_FOUND")) throw error;
    warn(io, error.message);
    return [];
  }
}

/** Models by their own names, and also by what the operator called them: a request never reaches the file system. */
function provider(given: readonly string[], models: readonly LoadedModel[]): ModelProvider {
  const list = modelList(models.map((model) => ({ info: model.served, model })));
  const aliases = new Map(given.map((name, index) => [name, models[index]!.name]));
  return { ...list, open: (name) => list.open(aliases.get(name) ?? name) };
}

interface Served {
  readonly models: ModelProvider;
  readonly placements: readonly Placement[];
  readonly log: ConversationLog | undefined;
  readonly apiKey: string | undefined;
  readonly flags: Flags;
}

async function serve(io: Io, { models, placements, log, apiKey, flags }: Served): Promise<void> {
  const app = createApp({
    models,
    version,
    now: () => performance.timeOrigin + performance.now(),
    random: Math.random,
    log,
    ...(apiKey !== undefined && { apiKey }),
    ...(flags.allowHost !== undefined && { allowedHosts: flags.allowHost }),
    onError: (error) => tellError(io, error),
  });
  const server = await listen(app, { host: flags.host, port: flags.port });
  const served = (await models.list()).map((model) => model.name).join(", ");
  const what = served === "" ? "no model yet (name some: palaver serve MODEL...)" : served;
  warn(io, `serving ${what} on ${server.url} (Ctrl-C ends it)`);
  for (const text of new Set(placements.map(placementText))) warn(io, `running on ${text}`);
  if (log !== undefined) warn(io, `keeping conversations in ${flags.log}`);
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

/** One of ours in a line; of any other the stack too, since nobody foresaw it. */
function tellError(io: Io, error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (isPalaverError(error)) warn(io, `${error.code}: ${error.message}`);
  else io.stderr.write(`palaver: ${terminalText(stack)}\n`);
}
