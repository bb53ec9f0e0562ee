import { isPalaverError } from "@palaver/core";
import { expect, test } from "vitest";
import { hasPictures, parseHfConfig } from "./hf-config.ts";
import { referenceLogits } from "./reference/reference-logits.ts";
import { tinyFields } from "./testing/family-case.ts";
import { asCheckpoint, randomWeights } from "./testing/random-model.ts";
import { textModelWeights } from "./text-model-weights.ts";
import type { Weights } from "./weights.ts";
import { writeDecoder } from "./write-decoder.ts";

const text = { ...tinyFields, model_type: "gemma3_text", num_hidden_layers: 2, sliding_window: 4 };
const json = {
  architectures: ["Gemma3ForConditionalGeneration"],
  text_config: text,
  vision_config: { hidden_size: 8 },
};
const config = parseHfConfig(json);
const plain = asCheckpoint(config, randomWeights(config, 3));

/** The checkpoint with the text model's names changed, and two tensors that see pictures. */
function withPictures(rename: (name: string) => string, tower: string): Weights {
  const names = new Map([...plain.tensors.keys()].map((name) => [rename(name), name]));
  const pictures = [`${tower}vision_tower.vision_model.embeddings.patch.weight`, `${tower}multi_modal_projector.norm`];
  return {
    tensors: new Map([
      ...[...names].map(([renamed, name]) => [renamed, plain.tensors.get(name)!] as const),
      ...pictures.map((name) => [name, { type: "F32", shape: [1] }] as const),
    ]),
    read: async (name) => plain.read(names.get(name)!),
  };
}

test("the description under text_config is the text model's own", () => {
  expect(config).toEqual(parseHfConfig({ ...text, architectures: ["Gemma3ForCausalLM"] }));
  expect([hasPictures(json), hasPictures({ ...text, architectures: ["Gemma3ForCausalLM"] })]).toEqual([true, false]);
});

test.each([
  ["older", (name: string) => `language_model.${name}`, ""],
  ["newer", (name: string) => name.replace(/^model\./, "model.language_model."), "model."],
] as const)("the text model is found under its %s prefix, and what sees pictures is told", async (_, rename, tower) => {
  const { weights, ignored } = textModelWeights(withPictures(rename, tower));

  expect(ignored).toHaveLength(2);
  expect(await referenceLogits(config, weights, [1, 2, 3])).toEqual(await referenceLogits(config, plain, [1, 2, 3]));
  const sink = { write: async () => {} };
  await expect(writeDecoder(config, weights, { sink, externalName: "data" })).resolves.toBeDefined();
});

test("a tensor of another kind is not passed over", async () => {
  const { tensors, read } = withPictures((name) => `language_model.${name}`, "");
  const odd = { tensors: new Map([...tensors, ["audio_tower.weight", { type: "F32" as const, shape: [1] }]]), read };
  const sink = { write: async () => {} };

  const error = await writeDecoder(config, textModelWeights(odd).weights, { sink, externalName: "data" }).catch(
    (reason: unknown) => reason,
  );

  expect(isPalaverError(error, "ERR_UNSUPPORTED")).toBe(true);
});

test("a tensor that is there under both prefixes is refused", () => {
  const { tensors, read } = withPictures((name) => `language_model.${name}`, "");
  const norm = { type: "F32" as const, shape: [tinyFields.hidden_size as number] };
  let error: unknown;
  try {
    textModelWeights({ tensors: new Map([...tensors, ["model.language_model.norm.weight", norm]]), read });
  } catch (thrown) {
    error = thrown;
  }

  expect(isPalaverError(error, "ERR_FORMAT")).toBe(true);
});

test("a description of pictures and text without a text model is refused", () => {
  let error: unknown;
  try {
    parseHfConfig({ architectures: json.architectures });
  } catch (thrown) {
    error = thrown;
  }

  expect(isPalaverError(error, "ERR_FORMAT")).toBe(true);
});
