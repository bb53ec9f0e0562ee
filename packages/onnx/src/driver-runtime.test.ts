import { expect, test, vi } from "vitest";
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

test("a load that is given up is told at once, and what comes of it is freed before the driver is", async () => {
  const { driver, freed } = notingDriver();
  let goOn = (): void => {};
  const slow = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const runtime = new DriverRuntime(
    {
      ...driver,
      async load(source, options) {
        await slow;
        return driver.load(source, options);
      },
    },
    OPTIONS,
  );
  const controller = new AbortController();
  const reason = { why: "left" };

  const loading = runtime.load(BYTES, { signal: controller.signal });
  controller.abort(reason);

  expect(await loading.catch((error: unknown) => error)).toBe(reason);
  expect(freed).toEqual([]);
  const closing = runtime.close();
  goOn();
  await closing;
  expect(freed).toEqual(["graph 0", "driver"]);
});

test("what comes of a load that was given up is freed also where the runtime stays open", async () => {
  const { driver, freed } = notingDriver();
  const runtime = new DriverRuntime(driver, OPTIONS);
  const controller = new AbortController();

  const loading = runtime.load(BYTES, { signal: controller.signal });
  controller.abort("left");

  expect(await loading.catch((error: unknown) => error)).toBe("left");
  await vi.waitFor(() => expect(freed).toEqual(["graph 0"]));
  await runtime.close();
  expect(freed).toEqual(["graph 0", "driver"]);
});

test("nothing is loaded for a signal that was aborted before, and an abort behind a load leaves its session alone", async () => {
  const { driver, freed } = notingDriver();
  const runtime = new DriverRuntime(driver, OPTIONS);
  const controller = new AbortController();

  const session = await runtime.load(BYTES, { signal: controller.signal });
  controller.abort("left");
  const late = runtime.load(BYTES, { signal: controller.signal });

  expect(await late.catch((error: unknown) => error)).toBe("left");
  await new Promise((resolve) => setTimeout(resolve, 50)); // freeing takes 20 ms
  expect(freed).toEqual([]);
  await session.close();
  await runtime.close();
  expect(freed).toEqual(["graph 0", "driver"]);
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
