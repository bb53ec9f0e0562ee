import { isPalaverError, type JsonObject, type JsonValue } from "@palaver/core";
import type { ChatTool } from "./chat-message.ts";
import { fromJson } from "./jinja/from-json.ts";
import { templateOrigin } from "./jinja/origin.ts";
import { type ParsedTemplate, parseTemplate } from "./jinja/parse-template.ts";
import { type RenderTemplateOptions, renderTemplate } from "./jinja/render-template.ts";
import type { Text } from "./jinja/text.ts";
import { booleanValue, noneValue, type Value } from "./jinja/value.ts";
import { type SourceNames, sourceNames } from "./messages/source-names.ts";
import { type ProbeMessage, type TemplateTraits, templateTraits } from "./messages/template-traits.ts";
import { toolValues } from "./messages/tool-values.ts";
import type { SpecialTokens } from "./special-tokens.ts";

/** What a rendering gives a template besides the messages. */
export interface VariantOptions {
  readonly tools?: readonly ChatTool[] | undefined;
  readonly documents?: readonly JsonObject[] | undefined;
  readonly addGenerationPrompt?: boolean | undefined;
  readonly variables?: Readonly<Record<string, JsonValue>> | undefined;
}

/** One of a model's templates: parsed, and with what it wants from messages. */
export interface TemplateVariant {
  readonly name: string;
  readonly source: string;
  readonly names: SourceNames;
  readonly traits: TemplateTraits;
  /** The text for messages that are in the template's own form. @throws ERR_INVALID_ARGUMENT, ERR_LIMIT, ERR_UNSUPPORTED */
  render(messages: Value, options: VariantOptions): Text;
  /** As `render` without a generation prompt, or with a tool where the template works only with tools; undefined where it refuses both. */
  tryRender(messages: Value, options?: VariantOptions): Text | undefined;
}

/** Parses one template. @throws ERR_FORMAT, ERR_LIMIT, ERR_UNSUPPORTED */
export function templateVariant(
  name: string,
  source: string,
  specialTokens: SpecialTokens,
  options: RenderTemplateOptions,
): TemplateVariant {
  const parsed: ParsedTemplate = parseTemplate(source, options.limits);
  const render = (messages: Value, given: VariantOptions): Text =>
    renderTemplate(parsed, contextOf(messages, given, specialTokens), options);
  const tryRender = (messages: Value, given: VariantOptions = {}): Text | undefined => {
    const ended = { ...given, addGenerationPrompt: false };
    return attempt(() => render(messages, ended)) ?? attempt(() => render(messages, { ...ended, tools: [probeTool] }));
  };
  // Probes are JSON that this package wrote.
  const probe = (messages: readonly ProbeMessage[]): string | undefined =>
    tryRender(fromJson(messages as unknown as JsonValue, templateOrigin))?.text;
  return { name, source, names: sourceNames(parsed), traits: templateTraits(probe), render, tryRender };
}

// --- internal ---

/** The result, or undefined where the template refuses. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (isPalaverError(error)) return undefined;
    throw error;
  }
}

/** For templates that refuse to work without tools. */
const probeTool: ChatTool = {
  name: "palaverprobetool",
  description: "palaverprobe",
  parameters: { type: "object", properties: { palaverprobekey: { type: "string", description: "palaverprobe" } } },
};

function contextOf(messages: Value, options: VariantOptions, specialTokens: SpecialTokens): Map<string, Value> {
  const { tools, documents, addGenerationPrompt = false, variables = {} } = options;
  const context = new Map<string, Value>();
  for (const [name, token] of Object.entries(specialTokens)) context.set(name, fromJson(token, templateOrigin));
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined) context.set(name, fromJson(value, { origin: "variable" }));
  }
  context.set("messages", messages);
  context.set("tools", tools && tools.length > 0 ? toolValues(tools) : noneValue);
  context.set("documents", documents ? fromJson(documents, { origin: "document" }) : noneValue);
  context.set("add_generation_prompt", booleanValue(addGenerationPrompt));
  return context;
}
