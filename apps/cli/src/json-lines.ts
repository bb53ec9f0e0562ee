import { isPalaverError, PalaverError } from "@palaver/core";
import { type Io, readLines, writeJson } from "./io.ts";

/**
 * Reads a JSON value a line and writes the answer to each as a line. A line that fails is answered by
 * `{"error":{"code","message"}}`, and the next line goes on. Empty lines are passed over.
 */
export async function eachJsonLine(io: Io, answer: (value: unknown) => unknown): Promise<void> {
  for await (const line of readLines(io.stdin)) {
    if (line.trim() === "") continue;
    await writeJson(io, answerLine(line, answer));
  }
}

// --- internal ---

function answerLine(line: string, answer: (value: unknown) => unknown): unknown {
  try {
    return answer(parseLine(line));
  } catch (error) {
    return { error: describeError(error) };
  }
}

/** An error as JSON: its code where it is ours. */
function describeError(error: unknown): { code: string; message: string } {
  if (isPalaverError(error)) return { code: error.code, message: error.message };
  return { code: "ERR_RUNTIME", message: error instanceof Error ? error.message : String(error) };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", "the line is not JSON", { cause });
  }
}
