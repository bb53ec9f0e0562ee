import { Option } from "commander";

/** `--format`, as every command has it that reads data. */
export function formatOption(): Option {
  const formats = ["messages", "sharegpt", "alpaca", "completion", "text", "code", "plain"];
  return new Option("--format <name>", "what the records are (default: found out)").choices(formats);
}

/** `--train-on`, as every command has it that encodes dialogues. */
export function trainOnOption(): Option {
  return new Option("--train-on <part>", "what is learnt of dialogues: every answer, everything, or the last answer")
    .choices(["assistant", "all", "last"])
    .default("assistant");
}
