import { byteTokenizer, scriptedModel, tableDecoder } from "@palaver/core/testing";
import type { GenerateEvent } from "@palaver/engine";
import { greedy } from "@palaver/sampling";
import { expect, test } from "vitest";
import { complete } from "./complete.ts";

const tokenizer = byteTokenizer();
const begin = tokenizer.special.bos!;

/** A base model that says "Once upon" from its begin token on, then ends the text. */
function storyteller() {
  const story = [begin, ...tokenizer.encode("Once upon"), 257];
  const decoder = tableDecoder({ vocabSize: tokenizer.vocabSize, script: story });
  return { ...scriptedModel({ answers: [] }), decoder, tokenizer, template: undefined, stopIds: [257] };
}

async function textOf(events: AsyncIterable<GenerateEvent>): Promise<string> {
  let text = "";
  for await (const event of events) if (event.type === "text-delta") text += event.text;
  return text;
}

test("a base model continues a text behind its begin token", async () => {
  const model = storyteller();

  expect(await textOf(complete(model, "Once", { sampler: greedy() }))).toBe(" upon");
  expect(model.decoder.steps[0]!.rows[0]!.tokens).toEqual([begin, ...tokenizer.encode("Once")]);
});

test("an empty text is the begin token alone", async () => {
  expect(await textOf(complete(storyteller(), "", { sampler: greedy() }))).toBe("Once upon");
});

test("an empty text takes the begin token that the vocabulary declares, where encoding adds none", async () => {
  const encode = (input: Parameters<typeof tokenizer.encode>[0]): number[] => tokenizer.encode(input);
  const model = { ...storyteller(), tokenizer: { ...tokenizer, encode } };

  expect(await textOf(complete(model, "", { sampler: greedy() }))).toBe("Once upon");
});

test("an empty text without any begin token is refused", async () => {
  const none = byteTokenizer({ controlTokens: [] });

  await expect(textOf(complete({ ...storyteller(), tokenizer: none }, ""))).rejects.toMatchObject({
    code: "ERR_INVALID_ARGUMENT",
    message: "scripted has no begin token: give it some text to continue",
  });
});

test("control tokens that a text spells stay text", async () => {
  const model = storyteller();

  await textOf(complete(model, "<|end|>", { sampler: greedy(), maxTokens: 0 }));

  expect(model.decoder.steps[0]!.rows[0]!.tokens).not.toContain(257);
});
