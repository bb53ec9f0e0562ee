import type { CallFormat } from "./call-format.ts";
import { commandR } from "./formats/command-r.ts";
import { deepseek } from "./formats/deepseek.ts";
import { functools } from "./formats/functools.ts";
import { genericJson } from "./formats/generic-json.ts";
import { hermes } from "./formats/hermes.ts";
import { llama } from "./formats/llama.ts";
import { mistral } from "./formats/mistral.ts";
import { phi } from "./formats/phi.ts";
import { pythonic } from "./formats/pythonic.ts";
import { qwenXml } from "./formats/qwen-xml.ts";

/** Every way to write calls. The order decides for a template that shows several: the particular before the general. */
export const callFormats = {
  mistral,
  deepseek,
  "command-r": commandR,
  phi,
  functools,
  "qwen-xml": qwenXml,
  hermes,
  pythonic,
  llama,
  "generic-json": genericJson,
} as const satisfies Readonly<Record<string, CallFormat>>;

/** A name in the table of call formats. */
export type CallFormatName = keyof typeof callFormats;
