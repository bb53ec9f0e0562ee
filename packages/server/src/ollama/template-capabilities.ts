/** What a template can do, found by trying it: its source is of its own family, and looking for words in it would be guessing. */

import { isPalaverError, type RenderOptions, type Template, type ToolDefinition } from "@palaver/core";
import type { ModelCapability } from "../model-provider.ts";

/** What a template shows: `tools` where it tells the model of them, `thinking` where `think` of a request changes the prompt. */
export function templateCapabilities(template: Template | undefined): ModelCapability[] {
  if (template === undefined) return [];
  const tellsTools = rendered(template, { tools: [probeTool] })?.includes(probeTool.name) ?? false;
  const readsThink = rendered(template, thinking(true)) !== rendered(template, thinking(false));
  return [...(tellsTools ? (["tools"] as const) : []), ...(readsThink ? (["thinking"] as const) : [])];
}

// --- internal ---

const probeTool: ToolDefinition = {
  name: "palaver_probe",
  description: "A probe.",
  parameters: { type: "object", properties: { text: { type: "string", description: "A text." } }, required: ["text"] },
};

function thinking(isOn: boolean): RenderOptions {
  return { variables: { enable_thinking: isOn } };
}

/** A small conversation as the model would read it; undefined where the template refuses it, and so has nothing to show. */
function rendered(template: Template, options: RenderOptions): string | undefined {
  try {
    return template.render([{ role: "user", content: "Hi" }], { addGenerationPrompt: true, ...options }).text;
  } catch (error) {
    if (isPalaverError(error)) return undefined;
    throw error;
  }
}
