import { expect, test } from "vitest";
import { isPalaverError, PalaverError } from "./error.ts";

test("an error of another copy of the package is recognised by its marker", () => {
  const foreign = Object.assign(new Error("x"), { [Symbol.for("@palaver/error")]: true, code: "ERR_FORMAT" });

  expect(isPalaverError(foreign)).toBe(true);
  expect(isPalaverError(foreign, "ERR_FORMAT")).toBe(true);
  expect(isPalaverError(foreign, "ERR_IO")).toBe(false);
});

test("other errors and values are not recognised", () => {
  for (const value of [new Error("x"), null, undefined, "ERR_IO", { code: "ERR_IO" }]) {
    expect(isPalaverError(value)).toBe(false);
  }
});

test("cause and details are kept", () => {
  const cause = new Error("disk");

  const error = new PalaverError("ERR_IO", "cannot read", { cause, details: { path: "a" } });

  expect(error.cause).toBe(cause);
  expect(error.details).toEqual({ path: "a" });
});
