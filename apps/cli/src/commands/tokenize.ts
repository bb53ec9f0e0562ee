import { PalaverError, type Tokenizer } from "@palaver/core";
import type { Command } from "commander";
import { type Io, readAll, write, writeJson } from "../io.ts";
import { eachJsonLine } from "../json-lines.ts";
import { jsonText } from "../json-text.ts";
import { openTokenizer } from "../open-tokenizer.ts";

interface Flags {
  readonly special?: boolean;
  readonly json?: boolean;
  readonly jsonl?: boolean;
}

/** `palaver tokenize`: ids and pieces of a text. */
export function tokenizeCommand(program: Command, io: Io): void {
  program
    .command("tokenize")
    .description("Show the ids and pieces of a text.")
    .argument("<MODEL>", "a model, or a folder that holds only tokenizer files")
    .argument("[TEXT]", "the text; without it, what stdin gives")
    .option("--special", "add begin and end tokens as the tokenizer's files ask for")
    .option("--json", "one JSON value: {ids, pieces}")
    .option("--jsonl", "a JSON string a line in, {ids, pieces} a line out")
    .action(async (model: string, text: string | undefined, flags: Flags) => {
      const tokenizer = await openTokenizer(model);
      const options = { addSpecialTokens: flags.special === true };
      if (flags.jsonl) {
        await eachJsonLine(io, (value) => tokenized(tokenizer, expectString(value), options));
        return;
      }
      const input = text ?? (await readAll(io.stdin));
      if (flags.json) await writeJson(io, tokenized(tokenizer, input, options));
      else {
        for (const piece of tokenizer.pieces(input, options)) {
          await write(io.stdout, `${piece.id}\t${jsonText(piece.token)}\n`);
        }
      }
    });
}

// --- internal ---

function tokenized(tokenizer: Tokenizer, text: string, options: { addSpecialTokens: boolean }) {
  const ids = tokenizer.encode(text, options);
  return { ids, pieces: ids.map((id) => tokenizer.idToToken(id) ?? "") };
}

function expectString(value: unknown): string {
  if (typeof value === "string") return value;
  throw new PalaverError("ERR_INVALID_ARGUMENT", "a line must be a JSON string");
}
