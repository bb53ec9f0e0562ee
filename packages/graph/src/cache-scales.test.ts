import { isPalaverError } from "@palaver/core";
import { parseOnnx } from "@palaver/formats";
import { describe, expect, test } from "vitest";
import { CacheCalibration, type CacheScales } from "./cache-scales.ts";
import { parseDecoderMetadata } from "./decoder-form.ts";
import { asCheckpoint, randomWeights, tinyConfig } from "./testing/random-model.ts";
import { writeDecoder } from "./write-decoder.ts";

/** One layer with two heads of 16 elements, of which 0 and 8, 1 and 9, ... turn together. */
const config = { ...tinyConfig, layers: 1 };
const POSITIONS = 3;
const HEAD = 16;

const empty = () => new Float32Array(2 * POSITIONS * HEAD);
const at = (head: number, position: number, element: number) => (head * POSITIONS + position) * HEAD + element;
/** What a scale reaches, as a multiple of the largest value that was seen. */
const reach = (scale: number, largest: number) => (127 * scale) / largest;

describe("scales of int8 caches", () => {
  test("reach the largest value of a channel, whatever its sign, position and run", () => {
    const values = empty();
    values[at(1, 2, 5)] = -4;
    values[at(1, 0, 5)] = 1;
    const later = empty();
    later[at(1, 1, 5)] = 3;

    const calibration = new CacheCalibration(config);
    calibration.add(0, { keys: empty(), values });
    calibration.add(0, { keys: empty(), values: later });

    const [scales] = calibration.scales;
    expect(reach(scales!.values[HEAD + 5]!, 4)).toBeCloseTo(1, 6);
  });

  test("are the same for both elements of a key's rotary pair, wherever the pair was seen", () => {
    const scalesAt = (angle: number): CacheScales => {
      const keys = empty();
      keys[at(0, 1, 3)] = 5 * Math.cos(angle);
      keys[at(0, 1, 11)] = 5 * Math.sin(angle);
      const calibration = new CacheCalibration(config);
      calibration.add(0, { keys, values: empty() });
      return calibration.scales[0]!;
    };

    const [still, turned] = [scalesAt(0), scalesAt(1.2)];

    expect(still.keys[3]).toBe(still.keys[11]);
    expect(turned.keys[3]).toBeCloseTo(still.keys[3]!, 6);
    expect(turned.keys[11]).toBeCloseTo(still.keys[3]!, 6);
    expect(reach(still.keys[3]!, 5)).toBeCloseTo(1, 6);
  });

  test("are positive where a channel is always zero, as padded ones are", () => {
    const { scales } = new CacheCalibration({ ...config, headDim: 8 });

    expect(scales[0]!.keys).toHaveLength(2 * HEAD);
    expect([...scales[0]!.keys, ...scales[0]!.values].every((scale) => scale > 0)).toBe(true);
  });

  test("of a layer that is not there are refused", () => {
    const calibration = new CacheCalibration(config);

    expect(() => calibration.add(1, { keys: empty(), values: empty() })).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }),
    );
  });
});

describe("a decoder with int8 caches", () => {
  test("says so in its metadata and in its inputs and outputs", async () => {
    const model = parseOnnx(await write(new CacheCalibration(config).scales));

    expect(parseDecoderMetadata(model.metadata ?? {})?.cacheType).toBe("int8");
    const caches = [...model.graph.inputs, ...model.graph.outputs].filter(({ shape }) => shape.length === 4);
    expect(caches.map(({ type }) => type)).toEqual(["int8", "int8", "int8", "int8"]);
  });

  test("is not written with scales that do not fit", async () => {
    const [fitting] = new CacheCalibration(config).scales;
    const wrong: CacheScales[][] = [
      [],
      [fitting!, fitting!],
      [{ ...fitting!, keys: new Float32Array(31).fill(1) }],
      ...[0, -1, Number.NaN, Infinity].map((bad) => [{ ...fitting!, values: fitting!.values.with(4, bad) }]),
    ];

    for (const scales of wrong) {
      const error = await write(scales).catch((reason: unknown) => reason);
      expect(isPalaverError(error, "ERR_INVALID_ARGUMENT"), JSON.stringify(scales)).toBe(true);
    }
  });

  test("of another type than there is makes no sense", () => {
    const sizes = { layers: "1", kvHeads: "1", headDim: "16", context: "8", vocab: "9" };
    const metadata = Object.fromEntries(Object.entries(sizes).map(([name, size]) => [`palaver.${name}`, size]));

    const parse = (cache: string) =>
      parseDecoderMetadata({ ...metadata, "palaver.form": "gqa-shared", "palaver.cache": cache });

    expect(() => parse("int4")).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  });
});

// --- internal ---

async function write(cacheScales: readonly CacheScales[]): Promise<Uint8Array> {
  const sink = { write: async () => {} };
  const options = { sink, externalName: "model.onnx.data", cacheScales };
  return writeDecoder(config, asCheckpoint(config, randomWeights(config, 1)), options);
}
