import { expect, test } from "vitest";
import { parseCommand } from "./command-line.ts";

test("a rebuild has defaults, and options change them", () => {
  const defaults = { name: "rebuild", out: "build", threads: 2, seed: 1, resume: true, tiny: false };

  expect(parseCommand(["rebuild"])).toMatchObject(defaults);
  expect(parseCommand(["rebuild", "--", "--out", "x", "--chat-steps", "7", "--no-resume", "--tiny"])).toMatchObject({
    ...defaults,
    out: "x",
    steps: { base: undefined, chat: 7 },
    resume: false,
    tiny: true,
  });
});

test("nothing, or a call for help, is helped", () => {
  expect([parseCommand([]), parseCommand(["rebuild", "-h"])]).toEqual([{ name: "help" }, { name: "help" }]);
});

test.each([
  [["paint"]],
  [["rebuild", "now"]],
  [["rebuild", "--threads", "many"]],
  [["rebuild", "--seed", "0"]],
  [["rebuild", "--colour", "red"]],
  [["evaluate", "--part", "training"]],
])("%j is refused", (args) => {
  expect(() => parseCommand(args)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
});
