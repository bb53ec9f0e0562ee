import { scriptedModel } from "@palaver/core/testing";
import { expect, test } from "vitest";
import { createApp } from "../app.ts";
import { type ModelProvider, modelList, type ServedModel, singleModel } from "../model-provider.ts";

const STARTED_MS = Date.UTC(2026, 0, 2);
const model = scriptedModel({ answers: () => "Hello", contextTokens: 2048 });

/** An app whose clock goes on by a second at each look. */
function appWith(models: ModelProvider) {
  let seconds = 0;
  return createApp({ models, version: "1", now: () => STARTED_MS + 1000 * seconds++, random: () => 0.5 });
}

async function get(app: ReturnType<typeof appWith>, path: string) {
  return JSON.parse(await (await app.request(path)).text());
}

async function show(app: ReturnType<typeof appWith>, body: object) {
  const response = await app.request("/api/show", {
    method: "POST",
    body: new TextEncoder().encode(JSON.stringify(body)),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const hex = "0123456789abcdef".repeat(4);
const known: ServedModel = {
  name: "org/tiny:1b",
  modifiedAt: new Date(Date.UTC(2025, 5, 1)),
  sizeBytes: 1_234,
  digest: `sha256:${hex}`,
  format: "safetensors",
  family: "llama",
  parameterSize: "1.2B",
  quantization: "Q4_0",
  parameterCount: 1_235_814_400,
  template: "{{ messages }}",
};
const details = {
  parent_model: "",
  format: "safetensors",
  family: "llama",
  families: ["llama"],
  parameter_size: "1.2B",
  quantization_level: "Q4_0",
};

test("tags tell all that is known", async () => {
  const { models } = await get(appWith(singleModel(model, known)), "/api/tags");

  const names = { name: "org/tiny:1b", model: "org/tiny:1b" };
  expect(models).toEqual([{ ...names, modified_at: "2025-06-01T00:00:00.000Z", size: 1_234, digest: hex, details }]);
});

test("what is not known stays the same from answer to answer, and has a digest that Ollama's client can cut", async () => {
  const app = appWith(singleModel(model));

  const first = await get(app, "/api/tags");
  const openai = await get(app, "/v1/models");

  expect(first.models[0].digest).toMatch(/^0{64}$/);
  expect(await get(app, "/api/tags")).toEqual(first);
  expect(await get(app, "/v1/models")).toEqual(openai);
});

test("ps lists a model once it is open", async () => {
  const app = appWith(modelList([{ info: known, load: async () => model }]));

  const before = await get(app, "/api/ps");
  await app.request("/api/generate", { method: "POST", body: new TextEncoder().encode('{"model":"org/tiny:1b"}') });
  const { models } = await get(app, "/api/ps");

  expect(before).toEqual({ models: [] });
  const facts = { name: "org/tiny:1b", model: "org/tiny:1b", size: 1_234, digest: hex, details };
  const times = { expires_at: expect.stringMatching(/^2300-/), context_length: 2048 };
  expect(models).toEqual([{ ...facts, ...times, size_vram: 0 }]);
});

test("a model on another device than the CPU is in its memory", async () => {
  const info = { ...model.decoder.info, device: "cuda" };
  const decoder = Object.create(model.decoder, { info: { value: info } });

  const { models } = await get(appWith(singleModel({ ...model, decoder }, known)), "/api/ps");

  expect(models[0]).toMatchObject({ size: 1_234, size_vram: 1_234 });
});

test("a provider that does not tell which models are open has none that are", async () => {
  const { list, open } = singleModel(model, known);
  const app = appWith({ list, open });

  expect(await get(app, "/api/ps")).toEqual({ models: [] });
  expect((await show(app, { model: "org/tiny:1b" })).body.capabilities).toEqual(["completion"]);
});

test("show tells what is known of an open model", async () => {
  const advised = { ...model, samplingDefaults: { temperature: 0.6, topK: 20, topP: 0.95 } };

  const { status, body } = await show(appWith(singleModel(advised, known)), { model: "Org/Tiny:1B", verbose: true });

  expect(status).toBe(200);
  expect(body).toEqual({
    parameters: expect.any(String),
    template: "{{ messages }}",
    details,
    model_info: {
      "general.architecture": "llama",
      "general.basename": "org/tiny:1b",
      "general.parameter_count": 1_235_814_400,
      "llama.context_length": 2048,
    },
    capabilities: ["completion", "tools"],
    modified_at: "2025-06-01T00:00:00.000Z",
  });
  const rows = body.parameters.split("\n").map((row: string) => row.split(/ +/));
  const stop = ["stop", '"<|im_end|>"'];
  expect(rows).toEqual([["temperature", "0.6"], ["top_k", "20"], ["top_p", "0.95"], stop]);
});

test("show opens nothing: of a model that is not open it tells what the list says", async () => {
  const load = () => expect.unreachable();
  const info: ServedModel = { name: "tiny", contextTokens: 512, capabilities: ["thinking"] };

  const { body } = await show(appWith(modelList([{ info, load }])), { model: "tiny" });

  expect(body).toMatchObject({ parameters: "", template: "", capabilities: ["completion", "thinking"] });
  expect(body.model_info).toEqual({
    "general.architecture": "unknown",
    "general.basename": "tiny",
    "unknown.context_length": 512,
  });
});

test("show takes what Ollama's client sends, and the older name of the field", async () => {
  const app = appWith(singleModel(model));
  const sent = { model: "scripted", system: "", template: "", verbose: false, options: null, name: "" };

  expect((await show(app, sent)).status).toBe(200);
  expect((await show(app, { name: "scripted" })).status).toBe(200);
});

test.each([
  ["an unknown model", { model: "large" }, 404, /"large" not found/],
  ["no model", {}, 400, /model/],
  ["a name that is none", { model: 1 }, 400, /model/],
])("show of %s is refused", async (_, body, status, error) => {
  const answer = await show(appWith(singleModel(model)), body);

  expect(answer).toEqual({ status, body: { error: expect.stringMatching(error) } });
});
