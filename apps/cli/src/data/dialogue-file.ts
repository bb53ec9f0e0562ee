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
  const [whole, wholeRejected] = [wholeLines(path, texts[0] ?? ""), wholeLines(rejected, texts[1] ?? "")];
  const dialogues = records(path, whole).map(dialogueOf(path));
  const others = records(rejected, wholeRejected).map(rejectionOf(rejected));
  if (whole !== (texts[0] ?? "")) await replaceFile(path, whole);
  if (wholeRejected !== (texts[1] ?? "")) await replaceFile(rejected, wholeRejected);
  return {
    done: [...dialogues, ...others],
    add: (event) => orIo(path, () => appendFile(event.type === "dialogue" ? path : rejected, lineOf(event))),
  };
}

// --- internal ---

/** How lines of these files begin. */
const OUR_LINES = ['{"index":', '{"type":"bad-answer"', '{"type":"duplicate"'];

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

/** The text without a torn last line, each line with its end. What people added to a line stays. */
function wholeLines(path: string, text: string): string {
  const end = text.lastIndexOf("\n") + 1;
  const last = text.slice(end);
  if (last.trim() === "") return text.slice(0, end);
  // An editor may have left out the last line's end.
  if (recordOf(last) !== undefined) return `${text}\n`;
  if (OUR_LINES.some((start) => last.startsWith(start) || start.startsWith(last))) return text.slice(0, end);
  throw notOurs(path, text.split("\n").length);
}

function records(path: string, text: string): JsonObject[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const record = recordOf(line);
    if (record !== undefined) return [record];
    throw notOurs(path, index + 1);
  });
}

function recordOf(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) && Number.isSafeInteger(value.index) ? value : undefined;
  } catch {
    return undefined;
  }
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
