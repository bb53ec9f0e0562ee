import { expect, test } from "vitest";
import { oneLine, terminalText } from "./terminal-text.ts";

test("escape sequences of a model's text do not reach the terminal; lines, tabs and letters do", () => {
  expect(terminalText("a\u001b]0;title\u0007\u009b2J\tb\nü🙂")).toBe("a\ufffd]0;title\ufffd\ufffd2J\tb\nü🙂");
});

test("a name or a message stays on its line, whatever it holds", () => {
  expect(oneLine("\na\u001b[2J\r\nb\u202e\u2066c ")).toBe("a [2J b c");
});
