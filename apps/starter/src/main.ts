import { isPalaverError } from "@palaver/core";
import { openRuntime } from "@palaver/onnx";
import { type Command, parseCommand, usage } from "./command-line.ts";
import { fewLessons } from "./data/few-lessons.ts";
import { emptyFolder } from "./empty-folder.ts";
import { evaluate } from "./evaluate.ts";
import { rebuild } from "./rebuild.ts";
import { fullSize, type RecipeSize, tinySize } from "./recipe-size.ts";
import { ship } from "./ship.ts";
import { createWorld } from "./world/create-world.ts";

/** What a miniature learns by heart. */
const tinyLessons = { seed: 1, count: 200 };

try {
  await run(parseCommand(process.argv.slice(2)));
} catch (error) {
  console.error(isPalaverError(error) ? `starter-recipe: ${error.message}` : error);
  process.exitCode = isPalaverError(error, "ERR_INVALID_ARGUMENT") ? 2 : 1;
}

// --- internal ---

async function run(command: Command): Promise<void> {
  switch (command.name) {
    case "help":
      console.log(usage);
      return;
    case "rebuild":
      return runRebuild(command);
    case "evaluate":
      return evaluate({ ...command, folder: command.out, print: (line) => console.log(line) });
    case "ship":
      return ship(command.out, { print: (line) => console.error(line) });
  }
}

async function runRebuild(command: Extract<Command, { name: "rebuild" }>): Promise<void> {
  const { out, threads, seed, steps, resume, tiny } = command;
  if (!resume) await emptyFolder(out);
  const runtime = await openRuntime({ device: "cpu", threads });
  try {
    await rebuild({
      runtime,
      workers: threads,
      openLessons: tiny ? fewLessons(createWorld, tinyLessons) : createWorld,
      size: withSteps(tiny ? tinySize : fullSize, steps),
      seed,
      folder: out,
      print: (line) => console.error(line),
      now: () => performance.now(),
    });
  } finally {
    await runtime.close();
  }
}

function withSteps(size: RecipeSize, { base, chat }: Extract<Command, { name: "rebuild" }>["steps"]): RecipeSize {
  return {
    ...size,
    base: { ...size.base, ...(base !== undefined && { steps: base }) },
    chat: { ...size.chat, ...(chat !== undefined && { steps: chat }) },
  };
}
