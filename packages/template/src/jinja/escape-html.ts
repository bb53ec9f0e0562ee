import type { Run } from "./run.ts";
import type { Text } from "./text.ts";
import { writeEscaped } from "./to-text.ts";

/** `&`, `<`, `>` and quotes as HTML writes them; the entities have the origin of what they stand for. */
export function escapeHtml(text: Text, run: Run): Text {
  run.budget.step(Math.ceil(text.length / 64));
  if (text.markup || !/[&<>'"]/.test(text.text)) return text;
  const builder = run.builder();
  writeEscaped(text, builder, (character) => entities[character]);
  return builder.build();
}

// --- internal ---

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&#39;",
  '"': "&#34;",
};
