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

test("whenever a signal is aborted, a load that is not done yet is given up with its reason", async () => {
  const path = join(folder, "given-up");
  writeTinyModel(path);
  const reason = new Error("enough");

  for (let wait = 0; wait < 100; wait += 5) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), wait);
    const loading = loadModel(path, { signal: controller.signal }).then(
      async (model) => {
        const wasLate = controller.signal.aborted;
        await model.close();
        return wasLate ? "loaded in spite of it" : "done before";
      },
      (error: unknown) => error,
    );

    expect(["done before", reason]).toContain(await loading);
  }
});

test("a device by name that does not work here is an error that says how to get it", async () => {
  const path = join(folder, "elsewhere");
  writeTinyModel(path);

  await expect(loadModel(path, { device: "dml" })).rejects.toMatchObject({
    code: "ERR_UNSUPPORTED",
    message: expect.stringMatching(/dml.*Windows/s),
  });
});
