import { appendFile, readFile } from "node:fs/promises";
import { isJsonObject, isPalaverError, type JsonObject, PalaverError, parseMessages } from "@palaver/core";
import type { GenerateEvent } from "@palaver/sft";
import { orIo, replaceFile } from "../replace-file.ts";

/** What is kept of one dialogue that was asked for. */
type KeptEvent = Exclude<GenerateEvent, { type: "retry" }>;

/** Generated dialogues, ready to be trained on, and beside them what could not be used: together they tell what is done. */
export interface DialogueFile {
  /** What earlier runs gave. */
  readonly done: readonly KeptEvent[];
  /** @throws ERR_IO */
  add(event: KeptEvent): Promise<void>;
}

/**
 * Opens `path` and `path.rejected.jsonl`. What a dying process left in the middle of a line is dropped.
 * @throws ERR_INVALID_ARGUMENT for a file that is there and not to be gone on with, or holds something else; ERR_IO
 */
export async function openDialogueFile(
  path: string,
  { isResumed }: { readonly isResumed: boolean },
): Promise<DialogueFile> {
  const rejected = `${path}.rejected.jsonl`;
  const texts = [await textOf(path), await textOf(rejected)];
  if (texts.some((text) => text !== undefined) && !isResumed) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${path} exists: --resume goes on with it, or choose another file`);
  }
  const dialogues = records(path, texts[0] ?? "").map(dialogueOf(path));
  const others = records(rejected, texts[1] ?? "").map(rejectionOf(rejected));
  for (const [file, events] of [
    [path, dialogues],
    [rejected, others],
  ] as const) {
    if (events.length > 0) await replaceFile(file, events.map(lineOf).join(""));
  }
  return {
    done: [...dialogues, ...others],
    add: (event) => orIo(path, () => appendFile(event.type === "dialogue" ? path : rejected, lineOf(event))),
  };
}

// --- internal ---

function lineOf(event: KeptEvent): string {
  const { type, ...rest } = event;
  return `${JSON.stringify(type === "dialogue" ? rest : event)}\n`;
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new PalaverError("ERR_IO", `cannot read ${path}: ${error.code}`, { cause: error });
  });
}

/** The lines; the last one may be torn. */
function records(path: string, text: string): JsonObject[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      const value: unknown = JSON.parse(line);
      if (isJsonObject(value) && Number.isSafeInteger(value.index)) return [value];
    } catch {
      if (index === lines.length - 1) return [];
    }
    throw notOurs(path, index + 1);
  });
}

function dialogueOf(path: string): (record: JsonObject, at: number) => KeptEvent {
  return ({ index, messages }, at) => {
    try {
      return { type: "dialogue", index: Number(index), messages: parseMessages(messages) };
    } catch (error) {
      throw isPalaverError(error, "ERR_INVALID_ARGUMENT") ? notOurs(path, at + 1) : error;
    }
  };
}

function rejectionOf(path: string): (record: JsonObject, at: number) => KeptEvent {
  return ({ type, index, reason, answer }, at) => {
    if (type === "duplicate") return { type, index: Number(index) };
    if (type !== "bad-answer") throw notOurs(path, at + 1);
    return { type, index: Number(index), reason: String(reason), answer: String(answer) };
  };
}

function notOurs(path: string, line: number): PalaverError {
  const message = `${path} holds something else than generated dialogues (line ${line}): choose another file`;
  return new PalaverError("ERR_INVALID_ARGUMENT", message, { details: { path, line } });
}
