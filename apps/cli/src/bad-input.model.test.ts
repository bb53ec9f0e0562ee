import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeTinyModel } from "@palaver/test-model";
import { beforeAll, describe, expect, test } from "vitest";
import { runCaptured } from "./testing/run-captured.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const folder = temporaryFolder();
const good = join(folder, "good");

beforeAll(() => writeTinyModel(good, { contextTokens: 32 }));

/** A copy of the good model, damaged. */
function damaged(name: string, damage: (path: string) => void): string {
  const path = join(folder, name);
  cpSync(good, path, { recursive: true });
  damage(path);
  return path;
}

/** The model with one of its tensors filled with what is no number. */
function spoiled(name: string, tensor: string): string {
  return damaged(name, (copy) => {
    const file = join(copy, "model.safetensors");
    const bytes = readFileSync(file);
    // The first 8 bytes tell the header's length; 0xff throughout is a NaN in every floating-point type.
    const start = 8 + Number(bytes.readBigUInt64LE(0));
    const header: Record<string, { data_offsets: [number, number] }> = JSON.parse(bytes.toString("utf8", 8, start));
    const [from, to] = header[tensor]!.data_offsets;
    writeFileSync(file, bytes.fill(0xff, start + from, start + to));
  });
}

/** What is left in the import cache that is not a finished import or the memo of hashes. */
function leftovers(): string[] {
  try {
    return readdirSync(join(folder, "cache"), { recursive: true, encoding: "utf8" }).filter((name) =>
      /tmp|partial|staged/.test(name),
    );
  } catch {
    return [];
  }
}

const cases: [string, () => string[], string, RegExp][] = [
  ["a missing path", () => ["run", join(folder, "nowhere"), "--raw"], "ERR_NOT_FOUND", /nowhere/],
  [
    "a folder without a model",
    () => {
      mkdirSync(join(folder, "empty"));
      return ["run", join(folder, "empty"), "--raw"];
    },
    "ERR_NOT_FOUND",
    /looked for/,
  ],
  [
    "a truncated safetensors file",
    () => {
      const path = damaged("truncated", (copy) => {
        const file = join(copy, "model.safetensors");
        writeFileSync(file, readFileSync(file).subarray(0, -100));
      });
      return ["run", path, "--raw"];
    },
    "ERR_FORMAT",
    /model\.safetensors/,
  ],
  [
    "a norm that is no numbers",
    () => ["run", spoiled("norm-of-none", "model.norm.weight"), "--raw", "a"],
    "ERR_FORMAT",
    /model\.norm\.weight.*not finite/,
  ],
  [
    "a matrix that is no numbers",
    () => ["run", spoiled("matrix-of-none", "model.layers.0.mlp.up_proj.weight"), "--raw", "a"],
    "ERR_RUNTIME",
    /logit NaN/,
  ],
  [
    "a GGUF whose tensor ends past the file",
    () => {
      const file = join(folder, "past-the-end.gguf");
      writeFileSync(file, ggufWithTensorPastTheEnd());
      return ["run", file, "--raw"];
    },
    "ERR_FORMAT",
    /past-the-end\.gguf/,
  ],
  [
    "an unknown architecture",
    () => {
      const path = damaged("unknown", (copy) => {
        const file = join(copy, "config.json");
        const config = JSON.parse(readFileSync(file, "utf8"));
        writeFileSync(file, JSON.stringify({ ...config, architectures: ["ZebraForCausalLM"], model_type: "zebra" }));
      });
      return ["run", path, "--raw"];
    },
    "ERR_UNSUPPORTED",
    /[Zz]ebra/,
  ],
  ["a prompt longer than the context", () => ["run", good, "--raw", "x".repeat(100)], "ERR_CONTEXT_FULL", /32.*101/],
  [
    "a broken tokenizer.json",
    () => {
      const path = damaged("broken-tokenizer", (copy) => writeFileSync(join(copy, "tokenizer.json"), '{"model": {'));
      return ["run", path, "--raw"];
    },
    "ERR_FORMAT",
    /tokenizer\.json/,
  ],
];

describe("bad input fails in one line that names its code and what to do", () => {
  for (const [name, args, code, about] of cases) {
    test(name, async () => {
      const result = await runCaptured(args());

      expect(result.code).toBe(1);
      expect(result.stdout).toBe("");
      expect(result.stderr).toMatch(new RegExp(`^palaver: ${code}: [^\\n]+\\n$`));
      expect(result.stderr).toMatch(about);
      expect(leftovers()).toEqual([]);
    });
  }
});

describe("wrong usage exits with 2", () => {
  test.each([
    [["bogus"]],
    [["run"]],
    [["run", "m", "p", "extra"]],
    [["run", "m", "--temperature", "hot"]],
    [["run", "m", "--bogus"]],
    [["run", "m", "--raw", "--system", "x"]],
    [["import", "m"]],
    [["render", "m"]],
    [["serve", "m", "--port", "70000"]],
    [["score", "m", "--chunk", "0"]],
  ])("%j", async (args) => {
    const { code, stdout, stderr } = await runCaptured(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
  });
});

// --- internal ---

/** Version 3, no metadata, one F32 tensor of 1,000 numbers, and no bytes for it. */
function ggufWithTensorPastTheEnd(): Buffer {
  const name = Buffer.from("token_embd.weight");
  const file = Buffer.alloc(128);
  let at = file.write("GGUF", 0, "latin1");
  at = file.writeUInt32LE(3, at);
  at = file.writeBigUInt64LE(1n, at);
  at = file.writeBigUInt64LE(0n, at);
  at = file.writeBigUInt64LE(BigInt(name.length), at);
  at += name.copy(file, at);
  at = file.writeUInt32LE(1, at);
  at = file.writeBigUInt64LE(1000n, at);
  at = file.writeUInt32LE(0, at);
  file.writeBigUInt64LE(0n, at);
  return file;
}
