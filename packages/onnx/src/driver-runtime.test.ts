import { expect, test } from "vitest";
import type { Backing, Driver, Graph } from "./driver.ts";
import { DriverRuntime } from "./driver-runtime.ts";

const OPTIONS = { device: "cpu", threads: 1, passedOver: [] };
const BYTES = new Uint8Array(1);

test("a graph whose load ends while the runtime is closing is freed before the driver is", async () => {
  const { driver, freed } = notingDriver();
  const runtime = new DriverRuntime(driver, OPTIONS);

  const loading = runtime.load(BYTES).catch((error: unknown) => error);
  await runtime.close();

  expect(freed).toEqual(["graph 0", "driver"]);
  expect(await loading).toMatchObject({ code: "ERR_CLOSED" });
});

test("what fails to close is told, and keeps nothing else open", async () => {
  const { driver, freed } = notingDriver("graph 0");
  const runtime = new DriverRuntime(driver, OPTIONS);
  await Promise.all([runtime.load(BYTES), runtime.load(BYTES)]);
  runtime.tensor("float32", [1]);

  await expect(runtime.close()).rejects.toThrow("graph 0 stays");

  expect(freed).toEqual(["graph 1", "tensor", "driver"]);
});

test("bytes of a graph beyond 2 GiB are refused with what to do, before anybody copies them", async () => {
  const { driver } = notingDriver();
  const runtime = new DriverRuntime(driver, OPTIONS);
  const large = { byteLength: 2 ** 31 } as Uint8Array;

  const loading = runtime.load(large);

  await expect(loading).rejects.toMatchObject({ code: "ERR_LIMIT", message: expect.stringContaining("give the path") });
});

// --- internal ---

/** A driver of graphs that do nothing; `freed` has what was freed, in order. Freeing takes a moment, and fails for `stays`. */
function notingDriver(stays?: string): { readonly driver: Driver<Backing>; readonly freed: string[] } {
  const freed: string[] = [];
  let graphs = 0;
  const free = async (name: string): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, name === "driver" ? 0 : 20));
    if (name === stays) throw new DOMException(`${name} stays`, "OperationError");
    freed.push(name);
  };
  const graph = (name: string): Graph<Backing> => ({
    inputs: [],
    outputs: [],
    run: async () => [],
    bind: () => ({ run: async () => {}, free: () => {} }),
    free: () => free(name),
  });
  const driver: Driver<Backing> = {
    name: "noting",
    version: "1",
    load: async () => graph(`graph ${graphs++}`),
    allocate: () => ({
      view: () => new Float32Array(1),
      isLost: () => false,
      free: () => {
        freed.push("tensor");
      },
    }),
    free: () => free("driver"),
  };
  return { driver, freed };
}
