import fc from "fast-check";
import { expect, test } from "vitest";
import { stopMatcher } from "./stop-strings.ts";

const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 30 });
const stops = fc.array(fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 6 }), { maxLength: 4 });

/** The first place at which a stop string is complete, and the longest one that ends there. */
function firstStop(text: string, list: readonly string[]): { end: number; stop: string } | undefined {
  for (let end = 1; end <= text.length; end++) {
    const found = list.filter((stop) => text.slice(0, end).endsWith(stop)).sort((a, b) => b.length - a.length)[0];
    if (found !== undefined) return { end, stop: found };
  }
  return undefined;
}

/** The longest end of the text that begins a stop string without being one. */
function openEnd(text: string, list: readonly string[]): number {
  const lengths = [...text].map((_, i) => text.length - i);
  return lengths.find((n) => list.some((stop) => n < stop.length && stop.startsWith(text.slice(-n)))) ?? 0;
}

test("text up to the first stop string comes out, however it was cut", () => {
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 6 }), stops, (parts, list) => {
      const text = parts.join("");
      const expected = firstStop(text, list);
      const matcher = stopMatcher(list);
      let out = "";
      let stop: string | undefined;

      for (const part of parts) {
        const result = matcher.push(part);
        out += result.text;
        stop = result.stop;
        if (stop !== undefined) break;
      }

      if (stop === undefined) out += matcher.flush();
      expect(stop).toBe(expected?.stop);
      expect(out).toBe(expected === undefined ? text : text.slice(0, expected.end - expected.stop.length));
    }),
  );
});

test("exactly what may still become a stop string is held back", () => {
  fc.assert(
    fc.property(letters, stops, (text, list) => {
      fc.pre(firstStop(text, list) === undefined);
      const matcher = stopMatcher(list);

      const out = [...text].map((letter) => matcher.push(letter).text).join("");

      expect(out).toBe(text.slice(0, text.length - openEnd(text, list)));
    }),
  );
});

test("a stop string may be part of another, and overlap itself", () => {
  expect(stopMatcher(["\n\nUser:", "\n"]).push("Hi\n\nUser:")).toEqual({ text: "Hi", stop: "\n" });
  expect(stopMatcher(["aab"]).push("aaab")).toEqual({ text: "a", stop: "aab" });
});

test("what was flushed cannot be part of a stop string any more", () => {
  const matcher = stopMatcher(["STOP"]);

  expect(matcher.push("ST")).toEqual({ text: "" });
  expect(matcher.flush()).toBe("ST");
  expect(matcher.push("OP")).toEqual({ text: "OP" });
});

test("a stop string of the longest length costs linear time", () => {
  const matcher = stopMatcher([`${"a".repeat(1023)}b`]);
  const start = performance.now();

  let length = 0;
  for (let i = 0; i < 200; i++) length += matcher.push("a".repeat(1000)).text.length;

  expect(length).toBe(200_000 - 1023);
  expect(performance.now() - start).toBeLessThan(2000); // 200,000 characters; trying each place anew takes 100 times that
});

test.each([[[""]], [["x".repeat(1025)]], [new Array<string>(65).fill("x")]])("%j is refused", (list) => {
  expect(() => stopMatcher(list)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
});
