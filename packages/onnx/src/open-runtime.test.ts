import { readdirSync } from "node:fs";
import { isPalaverError } from "@palaver/core";
import { type RuntimeContractGraphs, runtimeContract } from "@palaver/core/testing";
import { describe, expect, test } from "vitest";
import { type DriverName, type OpenedRuntime, openRuntime } from "./open-runtime.ts";
import { addGraph, appendGraph, copyGraph, reshapeGraph } from "./testing/small-graphs.ts";

const TYPES = [
  "float32",
  "float64",
  "float16",
  "int64",
  "uint64",
  "int32",
  "uint32",
  "int16",
  "uint16",
  "int8",
  "uint8",
  "bool",
] as const;

const threadsOfProcess = (): number => readdirSync("/proc/self/task").length;

// Where a device may be had; elsewhere it cannot work.
const WORKS_ON = { cuda: "linux", coreml: "darwin", dml: "win32" } as const;

function graphs(driver: DriverName): RuntimeContractGraphs {
  const copyTypes = driver === "native" ? [...TYPES, "bfloat16" as const] : TYPES; // the binding has no bfloat16
  return { add: addGraph(), copy: copyGraph(copyTypes), copyTypes, reshape: reshapeGraph(), append: appendGraph(16) };
}

for (const driver of ["native", "portable"] as const) {
  describe(`the ${driver} driver`, () => {
    for (const { name, run } of runtimeContract(() => openRuntime({ driver }), graphs(driver))) test(name, run);

    test("is the one that was asked for, on the pinned version of ONNX Runtime", async () => {
      await withRuntime({ driver, threads: 1 }, async (runtime) => {
        expect(runtime).toMatchObject({ driver, device: "cpu", threads: 1 });
        expect(runtime.version).toMatch(/^1\.30\./);
      });
    });

    // Elsewhere nothing tells how many threads a process has.
    test.runIf(process.platform === "linux")(
      "gives a graph exactly the threads asked for, its caller's included",
      async () => {
        await withRuntime({ driver, threads: 1 }, async (runtime) => {
          await runtime.load(addGraph()); // Node starts threads of its own when it first needs them
          const before = threadsOfProcess();

          await runtime.load(addGraph());
          const withDefault = threadsOfProcess();
          await runtime.load(addGraph(), { threads: 4 });

          expect(withDefault).toBe(before);
          expect(threadsOfProcess()).toBe(before + 3);
        });
      },
    );

    test("refuses to run on memory that somebody took from under a tensor", async () => {
      await withRuntime({ driver }, async (runtime) => {
        const session = await runtime.load(addGraph());
        const [a, b] = [runtime.tensor("float32", [100_000]), runtime.tensor("float32", [100_000])];
        const bound = session.bind({ a, b }, { sum: b });
        await bound.run();

        (a.data.buffer as ArrayBuffer).resize(8);

        for (const run of [() => session.run({ a, b }, { sum: b }), () => bound.run()]) {
          await expect(run()).rejects.toMatchObject({
            code: "ERR_INVALID_ARGUMENT",
            message: expect.stringMatching(/resized/),
          });
        }
        const { sum } = await session.run({ a: b, b }, { sum: null });
        expect(sum!.shape).toEqual([100_000]);
      });
    });

    test("refuses a tensor of another runtime", async () => {
      await withRuntime({ driver }, async (runtime) => {
        await withRuntime({ driver }, async (other) => {
          const session = await runtime.load(addGraph());
          const [own, foreign] = [runtime.tensor("float32", [1]), other.tensor("float32", [1])];

          const run = session.run({ a: own, b: foreign }, { sum: null });

          await expect(run).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
        });
      });
    });
  });
}

test("auto takes the native driver and warns of nothing", async () => {
  const warnings: string[] = [];

  await withRuntime({ onWarning: (message) => warnings.push(message) }, async (runtime) => {
    expect(runtime.driver).toBe("native");
    expect(warnings).toEqual([]);
  });
});

test("auto falls back to the portable driver and says why", async () => {
  const warnings: string[] = [];
  const options = { libraryPath: "/no/such/library.so", onWarning: (message: string) => warnings.push(message) };

  await withRuntime(options, async (runtime) => {
    expect(runtime.driver).toBe("portable");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/\/no\/such\/library\.so/);
  });
});

test("a driver asked for by name is not replaced", async () => {
  const opening = openRuntime({ driver: "native", libraryPath: "/no/such/library.so" });

  await expect(opening).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
});

test("a library that is not ONNX Runtime is refused", async () => {
  const opening = openRuntime({ driver: "native", libraryPath: process.execPath });

  await expect(opening).rejects.toMatchObject({ code: "ERR_UNSUPPORTED" });
});

test("a device that does not work here is refused by name with the reason and the way to get it", async () => {
  for (const device of ["cuda", "coreml", "dml"] as const) {
    if (process.platform === WORKS_ON[device]) continue;
    const opening = openRuntime({ device });

    const details = { device, reason: expect.stringMatching(/not supported in this build|there is no/) };
    await expect(opening, device).rejects.toMatchObject({ code: "ERR_UNSUPPORTED", details });
    await expect(opening, device).rejects.toThrow(/it needs (Linux|macOS|Windows)/);
  }
});

test("the portable driver refuses every device but the CPU, and unknown ones are mistakes", async () => {
  for (const device of ["cuda", "webgpu", "coreml", "dml"] as const) {
    const opening = openRuntime({ device, driver: "portable" });
    await expect(opening).rejects.toMatchObject({ code: "ERR_UNSUPPORTED", details: { device } });
  }
  for (const device of ["tpu", "toString"]) {
    // @ts-expect-error a mistake that JavaScript cannot see
    await expect(openRuntime({ device })).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
  }
});

test("auto tries cuda before the CPU, and says why it went on", async () => {
  await withRuntime({}, async (runtime) => {
    const tried = [...runtime.passedOver.map(({ device }) => device), runtime.device];
    expect(tried).toEqual(runtime.device === "cuda" ? ["cuda"] : ["cuda", "cpu"]);
    for (const { reason } of runtime.passedOver) expect(reason).not.toBe("");
  });
});

test("thread counts that are no natural number are refused", async () => {
  for (const threads of [0, -1, 1.5, Number.NaN, 1e6]) {
    const error = await openRuntime({ threads }).catch((caught: unknown) => caught);
    expect(isPalaverError(error, "ERR_INVALID_ARGUMENT"), `${threads}`).toBe(true);
  }
});

// --- internal ---

async function withRuntime(
  options: Parameters<typeof openRuntime>[0],
  body: (runtime: OpenedRuntime) => Promise<void>,
): Promise<void> {
  const runtime = await openRuntime(options);
  try {
    await body(runtime);
  } finally {
    await runtime.close();
  }
}
