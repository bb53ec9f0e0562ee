import { join } from "node:path";
import { importModel } from "@palaver/hub";
import { writeTinyModel } from "@palaver/test-model";
import { expect, test } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { verifyImport } from "./verify-import.ts";

const folder = temporaryFolder();
const model = join(folder, "tiny");

test("an import with a graph for prompts is compared by both of its graphs", async () => {
  writeTinyModel(model);
  const [q4, int8, both] = ["q4", "int8", "both"].map((name) => join(folder, name)) as [string, string, string];
  await importModel(model, q4, { quantize: "q4" });
  await importModel(model, int8, { quantize: "int8" });
  await importModel(model, both, { quantize: "q4", prefill: "int8" });

  const found = await verifyImport(model, both);

  expect(found).toEqual({ ...(await verifyImport(model, q4)), prefill: await verifyImport(model, int8) });
  expect(found.prefill?.klDivergence).not.toBe(found.klDivergence);
});
