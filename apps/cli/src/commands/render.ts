import { readFile } from "node:fs/promises";
import { PalaverError } from "@palaver/core";
import type { Command } from "commander";
import { decodeUtf8, type Io, writeJson } from "../io.ts";
import { eachJsonLine } from "../json-lines.ts";
import { parseInstant } from "../parse-instant.ts";
import { parseRenderRequest } from "../render-request.ts";
import { openRenderer, type RenderRequest } from "../renderer.ts";
import { UsageError } from "../usage-error.ts";

interface Flags {
  readonly messages?: string;
  readonly tools?: string;
  readonly variables?: string;
  readonly addGenerationPrompt?: boolean;
  readonly continueFinalMessage?: boolean;
  readonly template?: string;
  readonly now?: Date;
  readonly jsonl?: boolean;
}

/** `palaver render`: a conversation as the model reads it, with its provenance, ids and loss mask. */
export function renderCommand(program: Command, io: Io): void {
  program
    .command("render")
    .description("Render messages: {text, ids, lossMask, segments}, as JSON.")
    .argument("[MODEL]", "a model, or a folder that holds only tokenizer files")
    .option("--messages <file>", "a JSON list of messages")
    .option("--tools <file>", "a JSON list of tools")
    .option("--variables <file>", "a JSON object of template variables")
    .option("--add-generation-prompt", "end with the assistant's header")
    .option("--continue-final-message", "leave the last message open")
    .option("--template <file>", "render by this Jinja file; without MODEL, text and segments only")
    .option("--now <iso8601>", "the time that templates see", parseInstant)
    .option("--jsonl", "{messages, tools, addGenerationPrompt, variables} a line in, the rendering a line out")
    .option("--json", "the output is JSON anyway")
    .action(async (model: string | undefined, flags: Flags) => {
      if (model === undefined && flags.template === undefined) throw new UsageError("give a MODEL or --template FILE");
      if (!flags.jsonl && flags.messages === undefined) throw new UsageError("give --messages FILE or --jsonl");
      const renderer = await openRenderer({ model, templateFile: flags.template, now: flags.now });
      if (flags.jsonl) await eachJsonLine(io, (value) => renderer(parseRenderRequest(value)));
      else await writeJson(io, renderer(await requestFromFiles(flags)));
    });
}

// --- internal ---

async function requestFromFiles(flags: Flags): Promise<RenderRequest> {
  return parseRenderRequest({
    messages: await jsonFile(flags.messages),
    tools: await jsonFile(flags.tools),
    variables: await jsonFile(flags.variables),
    addGenerationPrompt: flags.addGenerationPrompt,
    continueFinalMessage: flags.continueFinalMessage,
  });
}

async function jsonFile(path: string | undefined): Promise<unknown> {
  if (path === undefined) return undefined;
  const text = decodeUtf8(await readInput(path), path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PalaverError("ERR_FORMAT", `${path} is not JSON`, { cause });
  }
}

async function readInput(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new PalaverError(isMissing ? "ERR_NOT_FOUND" : "ERR_IO", `cannot read ${path}`, { cause });
  }
}
