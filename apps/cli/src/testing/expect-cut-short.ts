import { expect } from "vitest";
import { runCaptured } from "./run-captured.ts";

/** Presses Ctrl-C once some of a command's answer is there: what was printed stays, and the exit code says that it is not whole. */
export async function expectCutShort(args: readonly string[]): Promise<void> {
  let pressed = 0;

  const { code, stdout, stderr } = await runCaptured([...args], {
    onOutput: (text, press) => {
      if (text.length > 4 && pressed++ === 0) press();
    },
  });

  expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
  expect(stdout.length).toBeGreaterThan(4);
  expect(stdout.length).toBeLessThan(300);
  expect(stdout.endsWith("\n")).toBe(true);
}
