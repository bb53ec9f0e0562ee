import { llama3Template } from "@palaver/template";
import { controlTokens } from "../text/control-tokens.ts";
import type { OpenLessons } from "./lessons.ts";

/** Texts in the mixture in which the model will read them: prose, dialogues with the tools in front, code. */
export function* tokenizerTexts(
  openLessons: OpenLessons,
  { seed, samples }: { readonly seed: number; readonly samples: number },
): Generator<string> {
  const lessons = openLessons(seed);
  const template = llama3Template();
  for (let count = 0; count < samples; count++) {
    yield lessons.text();
    const { messages, tools = [] } = lessons.dialogue();
    // Between control tokens, which no merge may spell.
    yield* template.render(messages, { tools }).text.split(anyControlToken);
    const { prefix, middle, suffix } = lessons.fim();
    yield prefix + middle + suffix;
  }
}

// --- internal ---

const anyControlToken = new RegExp(
  Object.values(controlTokens)
    .map((token) => token.replaceAll("|", "\\|"))
    .join("|"),
);
