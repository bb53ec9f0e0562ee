import { isPalaverError } from "@palaver/core";
import { parseCommand, usage } from "./command-line.ts";

try {
  parseCommand(process.argv.slice(2));
  console.log(usage);
} catch (error) {
  console.error(isPalaverError(error) ? error.message : error);
  process.exitCode = 2;
}
