import { Command } from "commander";
import { trainCommand } from "../commands/train.ts";
import { processInterrupts } from "../interrupts.ts";

// `palaver train` alone: a process of the whole command line takes seconds to start from the sources.
const program = new Command("palaver");
const { stdin, stdout, stderr, argv } = process;
trainCommand(program, { stdin, stdout, stderr, interrupts: processInterrupts() });
await program.parseAsync(argv);
