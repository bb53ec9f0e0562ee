import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeTinyModel } from "@palaver/test-model";
import { expect, test } from "vitest";
import { loadModel } from "./load-model.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const folder = temporaryFolder();

test.each([
  ["makers who sample", { do_sample: true, temperature: 0.3, top_k: 7 }, { temperature: 0.3, topK: 7 }],
  ["makers who do not sample leave Palaver's defaults", { do_sample: false, temperature: 0.3 }, {}],
])("sampling defaults: %s", async (name, advice, defaults) => {
  const path = join(folder, name.replaceAll(/\W/g, "-"));
  writeTinyModel(path);
  writeFileSync(join(path, "generation_config.json"), JSON.stringify({ eos_token_id: [257, 260], ...advice }));

  const model = await loadModel(path);
  await model.close();

  expect(model.samplingDefaults).toEqual(defaults);
});
