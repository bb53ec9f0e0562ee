import { expect, test } from "vitest";
import { closeInTurn, settled } from "./close-in-turn.ts";

test("steps are taken in turn, also behind one that fails, and the first error is thrown in the end", async () => {
  const taken: string[] = [];
  const step = (name: string, error?: string) => async (): Promise<void> => {
    await Promise.resolve();
    taken.push(name);
    if (error !== undefined) throw error;
  };

  await expect(closeInTurn([step("a"), step("b", "first"), step("c", "second"), step("d")])).rejects.toBe("first");

  expect(taken).toEqual(["a", "b", "c", "d"]);
  await expect(closeInTurn([step("e")])).resolves.toBeUndefined();
});

test("work that is under way is waited for, also where some of it fails", async () => {
  let isDone = false;
  const late = new Promise<void>((resolve) => setTimeout(resolve, 5)).then(() => {
    isDone = true;
  });

  await expect(settled([Promise.reject("first"), late, Promise.reject("second")])).rejects.toBe("first");

  expect(isDone).toBe(true);
});
