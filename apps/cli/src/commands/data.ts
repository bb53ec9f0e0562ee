import type { Command } from "commander";
import type { Io } from "../io.ts";
import { dataCheckCommand } from "./data-check.ts";
import { dataGenerateCommand } from "./data-generate.ts";

/** `palaver data`: looking at training data, and making some. */
export function dataCommand(program: Command, io: Io): void {
  const data = program.command("data").description("Check training data, or have it written by a larger model.");
  data.helpCommand(false);
  dataCheckCommand(data, io);
  dataGenerateCommand(data, io);
}
