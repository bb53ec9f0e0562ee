import { isPalaverError, type Model } from "@palaver/core";
import { createApp, type ModelProvider, modelList } from "@palaver/server";
import { listen, type RunningServer } from "@palaver/server/node";
import type { Command } from "commander";
import { type Io, write } from "../io.ts";
import { type LoadedModel, openModelFor } from "../open-model-for.ts";
import { integer, type RuntimeFlags, withRuntimeFlags } from "../options.ts";
import { version } from "../version.ts";

interface Flags extends RuntimeFlags {
  readonly host: string;
  readonly port: number;
}

/** `palaver serve`: the dialects of Ollama and OpenAI over the models that are named here. */
export function serveCommand(program: Command, io: Io): void {
  const command = program
    .command("serve")
    .description("Serve models over HTTP in Ollama's and OpenAI's dialects.")
    .argument("[MODEL...]", "folders, .gguf files; requests name them by their own name, without path and ending")
    .option("--host <address>", "where to listen; beyond this machine it needs PALAVER_API_KEY", "127.0.0.1")
    .option("--port <n>", "0 takes a free one", integer(0, 65_535), 11_434);
  withRuntimeFlags(command).action(async (names: string[], flags: Flags) => {
    const models: LoadedModel[] = [];
    try {
      for (const name of names) models.push(await openModelFor(io, name, flags));
      await serve(io, provider(names, models), flags);
    } finally {
      for (const model of models) await model.close();
    }
  });
}

// --- internal ---

/** Models by their own names, and also by what the operator called them: a request never reaches the file system. */
function provider(given: readonly string[], models: readonly LoadedModel[]): ModelProvider {
  const list = modelList(models.map((model) => ({ info: model.served, load: async (): Promise<Model> => model })));
  const aliases = new Map(given.map((name, index) => [name, models[index]!.name]));
  return { list: list.list, open: (name) => list.open(aliases.get(name) ?? name) };
}

async function serve(io: Io, models: ModelProvider, flags: Flags): Promise<void> {
  const apiKey = process.env.PALAVER_API_KEY;
  const app = createApp({
    models,
    version,
    now: () => performance.timeOrigin + performance.now(),
    random: Math.random,
    ...(apiKey !== undefined && apiKey !== "" && { apiKey }),
    onError: (error) => io.stderr.write(`palaver: ${describe(error)}\n`),
  });
  const server = await listen(app, { host: flags.host, port: flags.port });
  const served = (await models.list()).map((model) => model.name).join(", ");
  const what = served === "" ? "no model yet (name some: palaver serve MODEL...)" : served;
  await write(io.stderr, `palaver: serving ${what} on ${server.url} (Ctrl-C ends it)\n`);
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
