import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generatedTwin, type Origin, templateOrigin } from "./origin.ts";
import { Text, TextBuilder } from "./text.ts";

const origins: readonly Origin[] = [templateOrigin, { origin: "content" }, { origin: "name" }];
const unlimited = { charge: () => {} };

/** A text as its units and their origins, which is what it must behave like. */
type Model = readonly (readonly [unit: string, origin: Origin])[];

const model: fc.Arbitrary<Model> = fc
  .array(fc.tuple(fc.constantFrom("a", "B", "ß", " ", "😀"), fc.constantFrom(...origins)), {
    maxLength: 12,
  })
  .map((characters) =>
    characters.flatMap(([character, origin]) => character.split("").map((unit) => [unit, origin] as const)),
  );

function textOf(units: Model): Text {
  const builder = new TextBuilder(unlimited);
  for (const [unit, origin] of units) builder.addString(unit, origin);
  return builder.build();
}

function modelOf(text: Text): Model {
  return text.text.split("").map((unit, index) => [unit, text.originAt(index)]);
}

describe("a text", () => {
  test("gives back its characters and their origins", () => {
    fc.assert(
      fc.property(model, (units) => {
        expect(modelOf(textOf(units))).toEqual(units);
      }),
    );
  });

  test("is the sum of its parts", () => {
    fc.assert(
      fc.property(model, model, (a, b) => {
        const joined = new TextBuilder(unlimited).add(textOf(a)).add(textOf(b)).build();

        expect(modelOf(joined)).toEqual([...a, ...b]);
      }),
    );
  });

  test("has slices with the origins of their characters", () => {
    fc.assert(
      fc.property(model, fc.nat(20), fc.nat(20), (units, start, end) => {
        expect(modelOf(textOf(units).slice(start, end))).toEqual(units.slice(start, end));
      }),
    );
  });

  test("keeps origins where characters become several", () => {
    const text = textOf([
      ["a", origins[0]!],
      ["ß", origins[1]!],
      ["b", origins[2]!],
    ]);

    expect(modelOf(text.map((part) => part.toUpperCase()))).toEqual([
      ["A", origins[0]],
      ["S", origins[1]],
      ["S", origins[1]],
      ["B", origins[2]],
    ]);
  });

  test("is nobody's but the least trusted writer's where a change cannot be followed", () => {
    const text = textOf([
      ["a", origins[0]!],
      ["b", origins[1]!],
    ]);

    expect(text.map((part) => `${part}${part.length}`).origins).toEqual([origins[1]]);
  });

  test("merges neighbours of one origin, and keeps an empty part that a message wrote", () => {
    const builder = new TextBuilder(unlimited).addString("a").addString("b").addString("", origins[1]).addString("c");

    expect(builder.build().origins).toEqual([templateOrigin, origins[1], templateOrigin]);
  });

  test("marks what lies between generation markers, and only once", () => {
    const text = Text.of("a", origins[1]).asGenerated();

    expect(text.asGenerated().origins[0]).toBe(text.origins[0]);
    expect(generatedTwin(origins[1]!)).toBe(text.origins[0]);
  });
});
