import { type AnswerParserOptions, PalaverError } from "@palaver/core";
import { detectAnswerFormat } from "./answer/answer-format.ts";
import { answerParserFor } from "./answer/answer-parser.ts";
import type { ChatMessage } from "./chat-message.ts";
import { type ChatPrompt, chatPrompt } from "./chat-prompt.ts";
import type { ChatRenderOptions, ChatTemplate } from "./chat-template.ts";
import { continued } from "./continued.ts";
import { findEndOfTurn } from "./end-of-turn.ts";
import type { RenderLimits } from "./jinja/budget.ts";
import type { Dialect } from "./jinja/run.ts";
import type { CalendarTime } from "./jinja/strftime.ts";
import { messageValues } from "./messages/message-values.ts";
import type { SpecialTokens } from "./special-tokens.ts";
import { type TemplateVariant, templateVariant } from "./template-variant.ts";

/** A template of a model that has several. */
export interface NamedTemplate {
  readonly name: string;
  readonly template: string;
}

export interface LoadTemplateOptions {
  /** Jinja source, or several with names as `tokenizer_config.json` has them: `default`, `tool_use`, `rag`. */
  readonly source: string | readonly NamedTemplate[];
  /** Control tokens that the template reads by name: `{ bos_token: "<s>" }`. They are as trusted as the template. Default: none. */
  readonly specialTokens?: SpecialTokens;
  /** The clock behind `strftime_now`; a `Date` shows local time. Default: none, and templates that ask find no clock. */
  readonly now?: () => CalendarTime;
  /** What a rendering may cost. Default: see `RenderLimits`. */
  readonly limits?: RenderLimits;
  /** `python`: as Transformers renders. `javascript`: values print as Transformers.js prints them. Default: `python`. */
  readonly dialect?: Dialect;
  /** Takes this one of several templates for everything. Default: `tool_use` with tools, `rag` with documents, else `default`. */
  readonly name?: string;
}

/**
 * A chat template, parsed once.
 *
 * @throws ERR_FORMAT with line and column where the source is malformed; ERR_UNSUPPORTED where it needs other files;
 * ERR_NOT_FOUND where no template has the name; ERR_LIMIT where it is too large
 */
export function loadTemplate(options: LoadTemplateOptions): ChatTemplate {
  const { source, specialTokens = {}, now, limits, dialect = "python", name } = options;
  const named = typeof source === "string" ? [{ name: "default", template: source }] : source;
  const variants = new Map(
    named.map((one): [string, TemplateVariant] => [
      one.name,
      templateVariant(one.name, one.template, specialTokens, { dialect, now, limits }),
    ]),
  );
  const standard = variants.get(name ?? "default") ?? (name === undefined ? [...variants.values()][0] : undefined);
  if (!standard) throw notFound(name, variants);
  const select = (given: ChatRenderOptions): TemplateVariant => {
    if (name !== undefined) return standard;
    if (given.tools && given.tools.length > 0 && variants.has("tool_use")) return variants.get("tool_use")!;
    return given.documents ? (variants.get("rag") ?? standard) : standard;
  };
  let endOfTurn: readonly string[] | undefined;
  return {
    render: (messages, given = {}) => render(select(given), messages, given),
    get endOfTurnTokens() {
      endOfTurn ??= [...new Set([...variants.values()].flatMap((variant) => findEndOfTurn(variant, specialTokens)))];
      return endOfTurn;
    },
    endOfTurnTokensWith: (given) => findEndOfTurn(select(given), specialTokens, given),
    answerParser: (given: AnswerParserOptions = {}) => {
      const variant = select(given.tools ? { tools: given.tools } : {});
      return answerParserFor({ format: detectAnswerFormat(variant.source), ...given });
    },
    source: standard.source,
    hasGenerationMarkers: standard.names.hasGenerationMarkers,
  };
}

// --- internal ---

function notFound(name: string | undefined, variants: ReadonlyMap<string, unknown>): PalaverError {
  const known = [...variants.keys()].join(", ") || "none";
  return new PalaverError("ERR_NOT_FOUND", `no template is named "${name ?? "default"}"; there are: ${known}`);
}

/** Names that are the call's own: as variables they would replace the conversation. */
const reservedNames = ["messages", "tools", "documents", "add_generation_prompt"];

function render(variant: TemplateVariant, messages: readonly ChatMessage[], options: ChatRenderOptions): ChatPrompt {
  const { tools, documents, addGenerationPrompt = false, continueFinalMessage = false, variables } = options;
  if (addGenerationPrompt && continueFinalMessage) {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      "addGenerationPrompt begins a new message and continueFinalMessage goes on with the last one: choose one",
    );
  }
  const reserved = reservedNames.find((one) => variables !== undefined && Object.hasOwn(variables, one));
  if (reserved) throw new PalaverError("ERR_INVALID_ARGUMENT", `"${reserved}" cannot be a variable: use the option`);
  const values = messageValues(messages, variant);
  const given = { tools, addGenerationPrompt, variables, documents };
  const output = variant.render(values, given);
  return chatPrompt(continueFinalMessage ? continued(output, messages.length - 1) : output);
}
