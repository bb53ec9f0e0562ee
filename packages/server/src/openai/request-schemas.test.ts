import { expect, test } from "vitest";
import { serverLimits } from "../limits.ts";
import { parseFields } from "../parse-fields.ts";
import { chatCompletionRequest } from "./request-schemas.ts";

const schema = chatCompletionRequest(serverLimits({ maxLogitBiases: 3 }));

function biased(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, id) => [String(id), 1]));
}

test("as many logit biases as the limit says are taken", () => {
  expect(parseFields(schema, { model: "m", logit_bias: biased(3) }).logit_bias).toEqual(biased(3));
});

test("one more is refused with the limit, before any of them is looked at", () => {
  const refusal = { details: { param: "logit_bias" }, message: expect.stringMatching(/more tokens .*: 3$/) };

  expect(() => parseFields(schema, { model: "m", logit_bias: { ...biased(3), a: 1 } })).toThrowError(
    expect.objectContaining(refusal),
  );
});

test.each([[[1]], ["1"], [1]])("%j is no table of biases", (value) => {
  expect(() => parseFields(schema, { model: "m", logit_bias: value })).toThrow("logit_bias");
});

test("values of template variables are not looked at: a body holds millions", () => {
  const unread = new Proxy({}, { ownKeys: () => expect.unreachable(), get: () => expect.unreachable() });

  const { chat_template_kwargs } = parseFields(schema, { model: "m", chat_template_kwargs: { unread } });

  expect(Object.keys(chat_template_kwargs)).toEqual(["unread"]);
});

test.each([[[]], ["x"]])("%j are no template variables", (value) => {
  expect(() => parseFields(schema, { model: "m", chat_template_kwargs: value })).toThrow(
    "chat_template_kwargs: must be an object",
  );
});
