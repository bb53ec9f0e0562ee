import { test } from "vitest";
import { attackGraphs, writeGraphFolder } from "./testing/attack-graphs.ts";
import { expectSurvived } from "./testing/expect-survived.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const COUNT = 4000;

const folder = temporaryFolder();

test("4,000 damaged graphs run or are refused with a code, and none ends the process that opens it", async () => {
  const folders: string[] = [];
  for (const quantize of ["none", "q4", "int8"] as const) folders.push(await writeGraphFolder(folder, { quantize }));

  expectSurvived(await attackGraphs(folders, 1000, COUNT), COUNT);
}, 1_200_000);
