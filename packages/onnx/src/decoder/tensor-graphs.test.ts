import { PalaverError, type Runtime, type RuntimeSession } from "@palaver/core";
import { afterAll, expect, test } from "vitest";
import { openRuntime } from "../open-runtime.ts";
import { tensorGraphs } from "./tensor-graphs.ts";

const cpu = await openRuntime({ driver: "native", device: "cpu", threads: 1 });
afterAll(() => cpu.close());

const HEADS = 2;
const SIZE = 3;

test.each(["float32", "float16", "int8"] as const)(
  "%s positions are copied, and zeros put behind them",
  async (type) => {
    const graphs = tensorGraphs(cpu);
    for (const stack of [[1], [2, 1]]) {
      const source = cpu.tensor(type, [...stack, HEADS, 5, SIZE]);
      const numbers = Array.from({ length: source.data.length }, (_, i) => i + 1);
      for (const [i, number] of numbers.entries()) source.data[i] = number;
      for (const length of [0, 1, 4]) {
        const target = cpu.tensor(type, [...stack, HEADS, 4, SIZE]);
        for (let i = 0; i < target.data.length; i++) target.data[i] = 99;

        await graphs.copy(source, target, length);

        const expected = numbers.filter((_, i) => Math.floor(i / SIZE) % 5 < 4); // the fifth position has no place
        const copied = expected.map((number, i) => (Math.floor(i / SIZE) % 4 < length ? number : 0));
        expect(Array.from(target.data, Number)).toEqual(copied);
      }
    }
    await graphs.close();
  },
);

test("a graph that could not be loaded is loaded again by the next one who needs it", async () => {
  let fails = true;
  const graphs = tensorGraphs({
    ...cpuParts(),
    async load(source, options) {
      if (fails) throw new PalaverError("ERR_RUNTIME", "the device is full");
      return cpu.load(source, options);
    },
  });
  const tensor = cpu.tensor("float32", [1, 1, 2, 1], Float32Array.of(1, 1));

  await expect(graphs.zero(tensor)).rejects.toMatchObject({ code: "ERR_RUNTIME" });
  fails = false;
  await graphs.zero(tensor);

  expect([...tensor.data]).toEqual([0, 0]);
  await graphs.close();
});

test("closing closes every graph, also behind one that fails to close, and tells the failure", async () => {
  const failure = new DOMException("it stays", "OperationError");
  let closed = 0;
  const graphs = tensorGraphs({
    ...cpuParts(),
    async load() {
      const session: Partial<RuntimeSession> = {
        run: async () => ({}),
        async close() {
          closed += 1;
          if (closed === 1) throw failure;
        },
      };
      return session as RuntimeSession; // what is called here
    },
  });
  const tensor = cpu.tensor("float32", [1, 1, 2, 1]);
  await graphs.zero(tensor);
  await graphs.copy(tensor, tensor, 1);

  await expect(graphs.close()).rejects.toBe(failure);

  expect(closed).toBe(2);
});

// --- internal ---

/** The runtime but for its loads. */
function cpuParts(): Omit<Runtime, "load"> {
  const { driver, device, version, threads } = cpu;
  return {
    driver,
    device,
    version,
    threads,
    tensor: (type, shape, data) => cpu.tensor(type, shape, data),
    close: () => cpu.close(),
  };
}
