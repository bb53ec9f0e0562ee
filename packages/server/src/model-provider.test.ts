import type { Model } from "@palaver/core";
import { isPalaverError } from "@palaver/core";
import { expect, test } from "vitest";
import { fullName, modelList, singleModel } from "./model-provider.ts";

// Only its name is looked at here.
const model = { name: "tiny" } as Model;

test.each([
  ["tiny", "tiny:latest"],
  ["Tiny:1B", "Tiny:1B"],
  ["org/tiny", "org/tiny:latest"],
  ["hf:org/tiny", "hf:org/tiny:latest"],
])("%s in full is %s", (name, full) => expect(fullName(name)).toBe(full));

test("a model answers to its name with and without the tag latest, in any case", async () => {
  const provider = singleModel(model);

  for (const name of ["tiny", "tiny:latest", "Tiny"]) expect(await provider.open(name)).toBe(model);
});

test("other names are not found, and the error names those that are", async () => {
  const provider = singleModel(model);

  await expect(provider.open("tiny:1b")).rejects.toSatisfy((e) => isPalaverError(e, "ERR_NOT_FOUND"));
  await expect(provider.open("large")).rejects.toThrow(/"large".*tiny/);
});

test("a model is loaded once, however many ask at the same time", async () => {
  let loads = 0;
  const load = async () => {
    loads++;
    return model;
  };
  const provider = modelList([{ info: { name: "tiny" }, load }]);

  await Promise.all([provider.open("tiny"), provider.open("tiny:latest"), provider.open("tiny")]);

  expect(loads).toBe(1);
});

test("a load that failed is tried again", async () => {
  let loads = 0;
  const load = async () => (loads++ === 0 ? Promise.reject("busy disk") : model);
  const provider = modelList([{ info: { name: "tiny" }, load }]);

  await expect(provider.open("tiny")).rejects.toBe("busy disk");

  expect(await provider.open("tiny")).toBe(model);
});

test("those that are open are listed as such, and asking opens none", async () => {
  let loads = 0;
  const load = async () => {
    loads++;
    return model;
  };
  const [first, later] = [{ name: "first" }, { name: "later:1b" }];
  const provider = modelList([
    { info: first, model },
    { info: later, load },
  ]);

  expect(await provider.listOpen?.()).toEqual([{ info: first, model }]);
  expect(loads).toBe(0);
  await provider.open("Later:1b");
  expect((await provider.listOpen?.())?.map(({ info }) => info)).toEqual([first, later]);
});

test("two models of one name are refused", () => {
  const entry = (name: string) => ({ info: { name }, load: async () => model });

  expect(() => modelList([entry("tiny"), entry("Tiny:latest")])).toThrow(/two models/);
});
