import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Runtime, Tokenizer } from "@palaver/core";
import { parseHfConfig, type Weights } from "@palaver/graph";
import { llama3Template } from "@palaver/template";
import { loadTokenizer } from "@palaver/tokenizer";
import { baseSource } from "./data/base-source.ts";
import { chatSource } from "./data/chat-source.ts";
import type { OpenLessons } from "./data/lessons.ts";
import { tokenizerTexts } from "./data/tokenizer-texts.ts";
import { modelConfig, type RecipeSize } from "./recipe-size.ts";
import { controlTokens } from "./text/control-tokens.ts";
import { type TextFiles, textFiles, trainTokenizer } from "./text/text-files.ts";
import { saveModel, shipModel } from "./training/save-model.ts";
import { stageLog } from "./training/stage-log.ts";
import { type StageOptions, trainStage } from "./training/train-stage.ts";

export interface RebuildOptions {
  readonly runtime: Runtime;
  /** Batches that are computed at the same time, each on one thread. Default: 1. */
  readonly workers?: number | undefined;
  readonly openLessons: OpenLessons;
  readonly size: RecipeSize;
  /** Decides weights and data; the same seed gives the same model. */
  readonly seed: number;
  /** Where everything is written, and where an interrupted rebuild goes on. */
  readonly folder: string;
  /** Steps between checkpoints. Default: 100, some two minutes. */
  readonly checkpointSteps?: number | undefined;
  /** Takes lines for people. */
  readonly print: (line: string) => void;
  /** A clock in milliseconds. */
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** The forms of the model, in the order in which they are made. */
export const forms = ["base", "chat"] as const;
export type Form = (typeof forms)[number];

/** Where a rebuild puts a form: `checkpoint` in safetensors for other programs, `model` in ONNX as it ships. */
export function formFolders(folder: string, form: Form): { readonly checkpoint: string; readonly model: string } {
  return { checkpoint: join(folder, form, "checkpoint"), model: join(folder, form, "model") };
}

/** Makes the starter model from nothing, or goes on where an earlier call was ended. */
export async function rebuild(options: RebuildOptions): Promise<void> {
  const { folder, openLessons, size, seed, print } = options;
  await mkdir(folder, { recursive: true });
  const tokenizerJson = await once(join(folder, "tokenizer.json"), () => {
    print("learning the tokenizer");
    return trainTokenizer(
      tokenizerTexts(openLessons, { seed: seed + seeds.tokenizer, samples: size.tokenizerSamples }),
      size.vocab,
    );
  });
  // With the base's files: texts and filled holes of both forms end with the text, whatever ends a turn.
  const tokenizer = loadTokenizer(textFiles(tokenizerJson, "base"));

  const base = await makeForm("base", {
    ...options,
    text: textFiles(tokenizerJson, "base"),
    tokenizer,
    from: seed,
    overlong: "split",
    data: baseSource(openLessons, tokenizer, seed + seeds.base),
    heldOut: baseSource(openLessons, tokenizer, seed + seeds.heldOut),
  });
  const chatOptions = { tokenizer, template: llama3Template(), contextTokens: size.contextTokens };
  await makeForm("chat", {
    ...options,
    text: textFiles(tokenizerJson, "chat"),
    tokenizer,
    from: base,
    // A dialogue that is cut would teach answers to questions that are not there.
    overlong: "skip",
    data: chatSource(openLessons, { ...chatOptions, seed: seed + seeds.chat }),
    heldOut: chatSource(openLessons, { ...chatOptions, seed: seed + seeds.heldOut }),
  });
}

// --- internal ---

/** Added to the recipe's seed, so that no part sees another's lessons. */
const seeds = { tokenizer: 1, base: 2, chat: 3, heldOut: 4 };

interface FormOptions extends RebuildOptions, Pick<StageOptions, "from" | "overlong" | "data" | "heldOut"> {
  readonly text: TextFiles;
  readonly tokenizer: Tokenizer;
}

async function makeForm(form: Form, options: FormOptions): Promise<Weights> {
  const { folder, size, print, now, tokenizer, text, checkpointSteps = 100 } = options;
  const json = modelConfig(size, {
    begin: idOf(tokenizer, controlTokens.beginOfText),
    ends: (form === "chat" ? [controlTokens.endOfText, controlTokens.endOfTurn] : [controlTokens.endOfText]).map(
      (token) => idOf(tokenizer, token),
    ),
  });
  const weights = await trainStage({
    ...options,
    config: parseHfConfig(json),
    size: size[form],
    folder: join(folder, form, "training"),
    checkpointSteps,
    onEvent: stageLog({ folder, stage: form, steps: size[form].steps, print, now }),
  });
  const { checkpoint, model } = formFolders(folder, form);
  await saveModel(checkpoint, { weights, config: json, text });
  await shipModel(checkpoint, model);
  print(`${form}: ${model}`);
  return weights;
}

/** A file's text; made and written whole where it is not there yet. */
async function once(path: string, make: () => string): Promise<string> {
  if (existsSync(path)) return readFile(path, "utf8");
  const text = make();
  await writeFile(`${path}.partial`, text);
  await rename(`${path}.partial`, path);
  return text;
}

function idOf(tokenizer: Tokenizer, token: string): number {
  // The recipe's tokenizers have all control tokens.
  return tokenizer.tokenToId(token)!;
}
