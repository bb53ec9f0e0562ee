import { expect, test } from "vitest";
import { jsonText } from "./json-text.ts";

test("no control character is left as it is, and the value is the same", () => {
  const value = { "\u009b2J": "\u007f\u0080\u009f\u0000\n\u00a0é🙂" };

  const text = jsonText(value);

  expect(text).toBe('{"\\u009b2J":"\\u007f\\u0080\\u009f\\u0000\\n\u00a0é🙂"}');
  expect(JSON.parse(text)).toEqual(value);
});
