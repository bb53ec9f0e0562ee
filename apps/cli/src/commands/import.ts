import { importModel, openModel } from "@palaver/hub";
import { type Command, Option } from "commander";
import { defined } from "../defined.ts";
import { interruptible } from "../interrupts.ts";
import { type Io, write, writeJson } from "../io.ts";
import { modelFacts } from "../model-facts.ts";
import { progressBar } from "../progress-bar.ts";

interface Flags {
  readonly output: string;
  readonly quantize?: "q4" | "q8" | "int8" | "none";
  readonly prefill?: "int8" | "none";
  readonly block?: string;
  readonly json?: boolean;
}

/** `palaver import`: a checkpoint becomes an ONNX folder. */
export function importCommand(program: Command, io: Io): void {
  program
    .command("import")
    .description("Turn a safetensors folder or a GGUF file into an ONNX folder.")
    .argument("<SOURCE>", "a folder with config.json and safetensors, or a .gguf file")
    .requiredOption("-o, --output <dir>", "the folder to write; it must not exist, be empty, or be an earlier import")
    .addOption(
      new Option("--quantize <form>", "weights in 4 or 8 bits, or as they are").choices(["q4", "q8", "int8", "none"]),
    )
    .addOption(
      new Option("--prefill <form>", "a second graph for prompts: faster, with more memory").choices(["int8", "none"]),
    )
    .addOption(new Option("--block <n>", "weights that share a scale").choices(["32", "64", "128"]))
    .option("--json", "one JSON value: the path and what `show` tells")
    .action(async (source: string, flags: Flags) => {
      const bar = progressBar(io, "importing");
      const block = flags.block === undefined ? undefined : (Number(flags.block) as 32 | 64 | 128); // commander checked it
      const options = {
        ...defined({ quantize: flags.quantize, prefill: flags.prefill, block }),
        onProgress: bar.update,
      };
      await interruptible(io.interrupts, (signal) => importModel(source, flags.output, { ...options, signal })).finally(
        bar.end,
      );
      if (flags.json) await writeJson(io, { path: flags.output, ...modelFacts(await openModel(flags.output)) });
      else await write(io.stdout, `${flags.output}\n`);
    });
}
