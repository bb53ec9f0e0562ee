import { readFile } from "node:fs/promises";
import { isPalaverError, PalaverError, type TextSegment, type Tokenizer } from "@palaver/core";
import { openModelText } from "@palaver/hub";
import { type ChatTemplate, encodePrompt, loadTemplate } from "@palaver/template";
import { decodeUtf8 } from "./io.ts";
import type { RenderRequest } from "./render-request.ts";
import { modelPath } from "./shipped-model.ts";

export type { RenderRequest };

export interface RendererOptions {
  readonly model: string | undefined;
  /** A Jinja file that takes the place of the model's own template. */
  readonly templateFile: string | undefined;
  /** The time that templates see. Default: the computer's clock. */
  readonly now: Date | undefined;
}

/** A segment as `palaver render` prints it. */
interface PrintedSegment {
  readonly text: string;
  readonly origin: string;
  readonly role: string | null;
}

/** What `palaver render` prints; ids and mask only where there is a tokenizer. */
export interface Rendering {
  readonly text: string;
  readonly ids?: readonly number[];
  /** 1 where the assistant's text is trained on; null where that cannot be told exactly. */
  readonly lossMask?: readonly number[] | null;
  /** What is odd about the mask, though the template asks for it: markers that cover a header, say. */
  readonly lossMaskWarnings?: readonly string[];
  /** Why there is no mask. */
  readonly lossMaskError?: { readonly code: string; readonly message: string };
  readonly segments: readonly PrintedSegment[];
}

/** Opens what renders. @throws as `openModelText`; ERR_NOT_FOUND where there is no template */
export async function openRenderer(options: RendererOptions): Promise<(request: RenderRequest) => Rendering> {
  const { model, templateFile, now: instant } = options;
  const now = instant === undefined ? () => new Date() : () => instant;
  const text = model === undefined ? undefined : await openModelText(await modelPath(model), { now });
  const template =
    templateFile === undefined ? text?.template : await templateFromFile(templateFile, text?.specialTokens, now);
  if (template === undefined)
    throw new PalaverError("ERR_NOT_FOUND", `${model} has no chat template: give one by --template`);
  const tokenizer = text?.tokenizer;
  return (request) => (tokenizer === undefined ? rendered(template, request) : encoded(template, tokenizer, request));
}

// --- internal ---

function rendered(template: ChatTemplate, { messages, ...options }: RenderRequest): Rendering {
  const { text, segments } = template.render(messages, options);
  return { text, segments: segments.map(printed) };
}

/** With the mask where it is exact; where it cannot be, the prompt is still worth having, and the reason is told. */
function encoded(template: ChatTemplate, tokenizer: Tokenizer, request: RenderRequest): Rendering {
  const { messages, ...options } = request;
  try {
    const { text, ids, lossMask, segments, warnings } = encodePrompt(template, tokenizer, messages, options);
    const doubts = warnings.length > 0 && { lossMaskWarnings: warnings };
    return { text, ids, lossMask, ...doubts, segments: segments.map(printed) };
  } catch (error) {
    if (!isPalaverError(error, "ERR_UNSUPPORTED")) throw error;
    const { text, segments } = template.render(messages, options);
    const lossMaskError = { code: error.code, message: error.message };
    const ids = tokenizer.encode(segments);
    return { text, ids, lossMask: null, lossMaskError, segments: segments.map(printed) };
  }
}

async function templateFromFile(
  path: string,
  specialTokens: Readonly<Record<string, string>> | undefined,
  now: () => Date,
): Promise<ChatTemplate> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new PalaverError("ERR_NOT_FOUND", `cannot read the template ${path}`, { cause });
  });
  return loadTemplate({ source: decodeUtf8(bytes, path), ...(specialTokens && { specialTokens }), now });
}

function printed({ text, origin, role }: TextSegment): PrintedSegment {
  return { text, origin, role: role ?? null };
}
