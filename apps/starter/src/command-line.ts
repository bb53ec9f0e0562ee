import { parseArgs } from "node:util";
import { PalaverError } from "@palaver/core";

/** What the recipe is asked to do. */
export type Command =
  | {
      readonly name: "rebuild";
      readonly out: string;
      readonly threads: number;
      readonly seed: number;
      readonly steps: { readonly base: number | undefined; readonly chat: number | undefined };
      readonly resume: boolean;
      readonly tiny: boolean;
    }
  | {
      readonly name: "evaluate";
      readonly out: string;
      readonly threads: number;
      readonly part: "development" | "test";
      readonly model: string | undefined;
    }
  | { readonly name: "ship"; readonly out: string }
  | { readonly name: "help" };

export const usage = `usage: starter-recipe COMMAND [OPTIONS]

  rebuild     makes the model from nothing, or goes on where it was ended
    --out DIR        where everything is written (default: build)
    --threads N      batches that are computed at the same time (default: 2); another number rounds sums otherwise
    --seed N         the same seed gives the same model (default: 1)
    --base-steps N   steps of the base model
    --chat-steps N   steps of the chat model
    --no-resume      begins anew
    --tiny           a miniature, to try the recipe in a minute
  evaluate    gives the exam to base and chat, prints a table, and writes evaluation.json
    --out DIR        the rebuild's folder (default: build)
    --part PART      development or test (default: test)
    --model DIR      one model instead of the two
    --threads N      threads of the runtime (default: 2)
  ship        puts both models and their card into packages/starter
    --out DIR        the rebuild's folder (default: build)
`;

/** Reads the arguments. @throws ERR_INVALID_ARGUMENT */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parsed(args);
  const { out = "build" } = values;
  const [name, ...rest] = positionals;
  if (values.help || name === undefined) return { name: "help" };
  if (rest.length > 0) throw wrong(`there is no place for ${rest[0]}`);
  switch (name) {
    case "rebuild": {
      const steps = { base: whole(values, "base-steps"), chat: whole(values, "chat-steps") };
      const { resume = true, tiny = false } = values;
      return {
        name,
        out,
        threads: whole(values, "threads") ?? 2,
        seed: whole(values, "seed") ?? 1,
        steps,
        resume,
        tiny,
      };
    }
    case "evaluate": {
      const { part = "test", model } = values;
      if (part !== "development" && part !== "test") throw wrong(`--part is development or test, not ${part}`);
      return { name, out, threads: whole(values, "threads") ?? 2, part, model };
    }
    case "ship":
      return { name, out };
    default:
      throw wrong(`there is no command ${name}`);
  }
}

// --- internal ---

type Values = ReturnType<typeof parsed>["values"];

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      // pnpm hands the separator on.
      args: args.filter((argument) => argument !== "--"),
      allowPositionals: true,
      allowNegative: true,
      options: {
        out: { type: "string" },
        threads: { type: "string" },
        seed: { type: "string" },
        "base-steps": { type: "string" },
        "chat-steps": { type: "string" },
        resume: { type: "boolean" },
        tiny: { type: "boolean" },
        part: { type: "string" },
        model: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function whole(values: Values, name: "threads" | "seed" | "base-steps" | "chat-steps"): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw wrong(`--${name} must be a whole number from 1 on, not ${text}`);
}

function wrong(message: string): PalaverError {
  return new PalaverError("ERR_INVALID_ARGUMENT", message);
}
