import { expect, test } from "vitest";
import { loadError } from "./load-error.ts";

test.each([
  "graph: std::bad_alloc", // libstdc++ and libc++
  "graph: bad allocation", // Microsoft's
  "graph: Exception during initialization: bfc_arena.cc:376 Failed to allocate memory for requested buffer of size 8589934592",
])("memory that ran out is a limit and no bad file: %s", (message) => {
  const error = loadError("ERR_FORMAT", message, { details: { ortCode: 6 } });

  expect(error).toMatchObject({ code: "ERR_LIMIT", details: { ortCode: 6 } });
  expect(error.message).toContain(message);
});

test("every other failure keeps its code", () => {
  expect(loadError("ERR_FORMAT", "graph: Protobuf parsing failed.", {}).code).toBe("ERR_FORMAT");
});
