import { expect, test } from "vitest";
import { terminalText } from "./terminal-text.ts";

test("escape sequences of a model's text do not reach the terminal; lines, tabs and letters do", () => {
  expect(terminalText("a\u001b]0;title\u0007\u009b2J\tb\nü🙂")).toBe("a\ufffd]0;title\ufffd\ufffd2J\tb\nü🙂");
});
