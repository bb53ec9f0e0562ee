import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeTinyModel } from "@palaver/test-model";
import { expect, test } from "vitest";
import { loadModel } from "./load-model.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const folder = temporaryFolder();

test.each([
  ["makers who sample", { do_sample: true, temperature: 0.3, top_k: 7 }, { temperature: 0.3, topK: 7 }],
  ["makers who do not sample want the likeliest token", { do_sample: false, temperature: 0.3 }, { temperature: 0 }],
  ["makers who say nothing leave Palaver's defaults", { temperature: 0.3 }, {}],
  [
    "a penalty without sampling",
    { do_sample: false, repetition_penalty: 1.1 },
    { temperature: 0, repetitionPenalty: 1.1 },
  ],
  ["a penalty alone", { repetition_penalty: 1.1 }, { repetitionPenalty: 1.1 }],
  [
    "a penalty beside the rest",
    { do_sample: true, top_p: 0.8, repetition_penalty: 1.05 },
    { topP: 0.8, repetitionPenalty: 1.05 },
  ],
])("sampling defaults: %s", async (name, advice, defaults) => {
  const path = join(folder, name.replaceAll(/\W/g, "-"));
  writeTinyModel(path);
  writeFileSync(join(path, "generation_config.json"), JSON.stringify({ eos_token_id: [257, 260], ...advice }));

  const model = await loadModel(path);
  await model.close();

  expect(model.samplingDefaults).toEqual(defaults);
});
