import { expect, test } from "vitest";
import { memoryGrowth } from "./testing/memory-growth.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const folder = temporaryFolder();

test("200 loads and closes leave memory within 5 percent", async () => {
  expect(await memoryGrowth(folder, 10, 200)).toBeLessThan(1.05);
}, 300_000);
