import { test } from "vitest";
import { attackGraphs, writeGraphFolder } from "./testing/attack-graphs.ts";
import { expectSurvived } from "./testing/expect-survived.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const COUNT = 36;

const folder = temporaryFolder();

test("36 damaged graphs run or are refused with a code, and none ends the process that opens it", async () => {
  const folders = [
    await writeGraphFolder(folder, { quantize: "none" }),
    await writeGraphFolder(folder, { quantize: "q4" }),
  ];

  expectSurvived(await attackGraphs(folders, 1, COUNT), COUNT);
});
