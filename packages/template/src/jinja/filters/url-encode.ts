import { iterate } from "../iterate.ts";
import { dictItems } from "../methods/collection-methods.ts";
import type { Run } from "../run.ts";
import { emptyText, type Text } from "../text.ts";
import { toText } from "../to-text.ts";
import type { Value } from "../value.ts";

/** The value as a part of a URL: a string quoted, pairs as a query. */
export function urlEncode(value: Value, run: Run): Text {
  if (value.kind !== "dict" && value.kind !== "list") return quote(toText(value, run), "/", run);
  const builder = run.builder();
  const pairs = value.kind === "dict" ? dictItems(value) : iterate(value, run);
  pairs.forEach((pair, index) => {
    const [key = emptyText, item = emptyText] = iterate(pair, run);
    if (index > 0) builder.addString("&");
    builder
      .add(quote(toText(key, run), " ", run))
      .addString("=")
      .add(quote(toText(item, run), " ", run));
  });
  return builder.build();
}

// --- internal ---

/** `safe` is a character that stays: a slash in paths, and in queries a space, which becomes a plus. */
function quote(text: Text, safe: "/" | " ", run: Run): Text {
  run.budget.charge(text.length * 9);
  run.budget.step(text.length * 4);
  let at = 0;
  const builder = run.builder();
  for (const character of text.text) {
    const keeps = /[A-Za-z0-9_.~-]/.test(character) || safe === character;
    const origin = text.originAt(at);
    builder.addString(keeps ? character.replace(" ", "+") : percentBytes(character), origin);
    at += character.length;
  }
  return builder.build();
}

function percentBytes(character: string): string {
  return Array.from(
    new TextEncoder().encode(character),
    (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  ).join("");
}
