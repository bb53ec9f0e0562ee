/** What every `Runtime` promises when a call is wrong, fails, is aborted or comes too late. Part of `runtimeContract`. */

import { type ErrorCode, isPalaverError } from "../error.ts";
import type { Runtime, RuntimeTensor } from "../runtime.ts";
import { type ContractCase, check, checkEqual, rejection } from "./contract.ts";

type WithRuntime = (name: string, body: (runtime: Runtime) => Promise<void>) => ContractCase;

interface Graphs {
  readonly add: Uint8Array;
  readonly append: Uint8Array;
  readonly reshape: Uint8Array;
}

/** The cases; `withRuntime` opens and closes a runtime around each. */
export function runtimeFailureContract(withRuntime: WithRuntime, graphs: Graphs): ContractCase[] {
  return [
    withRuntime("bytes that are no graph are malformed, a missing file is missing", async (runtime) => {
      for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3), graphs.add.slice(0, graphs.add.length / 2)]) {
        await fails("ERR_FORMAT", () => runtime.load(bytes), `${bytes.length} bytes`);
      }
      await fails("ERR_NOT_FOUND", () => runtime.load("no/such/file.onnx"), "a missing file");
      await fails("ERR_INVALID_ARGUMENT", () => runtime.load("."), "a folder");
      await fails("ERR_INVALID_ARGUMENT", () => runtime.load(graphs.add, { threads: 0 }), "no threads");
    }),
    withRuntime("inputs and outputs that are missing, unknown or of the wrong kind are refused", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const [a, b] = [floats(runtime, [1]), floats(runtime, [2])];
      const whole = runtime.tensor("int32", [1]);
      const lookalike = { type: "float32", shape: [1], data: Float32Array.of(1), close: () => {} } as const;

      await fails("ERR_INVALID_ARGUMENT", () => session.run({ a }, { sum: null }), "a missing input");
      await fails("ERR_INVALID_ARGUMENT", () => session.run({ a, b, c: a }, { sum: null }), "an unknown input");
      await fails("ERR_INVALID_ARGUMENT", () => session.run({ a, b }, { total: null }), "an unknown output");
      await fails("ERR_INVALID_ARGUMENT", () => session.run({ a, b }, {}), "no output");
      await fails("ERR_INVALID_ARGUMENT", () => session.run({ a, b: whole }, { sum: null }), "another type");
      await fails("ERR_INVALID_ARGUMENT", () => session.run({ a, b }, { sum: whole }), "another output type");
      await fails("ERR_INVALID_ARGUMENT", () => session.run({ a, b: lookalike }, { sum: null }), "a lookalike");
      const matrix = runtime.tensor("float32", [1, 1]);
      await fails("ERR_INVALID_ARGUMENT", () => session.run({ a, b: matrix }, { sum: null }), "another rank");
    }),
    withRuntime("two outputs cannot be written into one tensor", async (runtime) => {
      const session = await runtime.load(graphs.append);
      const cache = runtime.tensor("float32", [1, 1, 4, 16]);
      const rows = runtime.tensor("float32", [1, 1, 16]);
      const feeds = {
        query: rows,
        new_key: rows,
        new_value: rows,
        past_key: cache,
        past_value: cache,
        seqlens_k: runtime.tensor("int32", [1]),
        total_sequence_length: runtime.tensor("int32", [], Int32Array.of(1)),
      };
      const fetches = { present_key: cache, present_value: cache };

      await fails("ERR_INVALID_ARGUMENT", () => session.run(feeds, fetches), "one tensor twice");
    }),
    withRuntime("a run that fails inside is ERR_RUNTIME, and the session goes on", async (runtime) => {
      const session = await runtime.load(graphs.reshape);

      const error = await rejection(() => session.run({ x: floats(runtime, [1, 2, 3]) }, { flat: null }));
      const { flat } = await session.run({ x: floats(runtime, [1, 2, 3, 4]) }, { flat: null });

      check(isPalaverError(error, "ERR_RUNTIME"), `expected ERR_RUNTIME, got ${error}`);
      check(error.message.length > 20, "the runtime's own message must be there");
      checkEqual([...flat!.data], [1, 2, 3, 4], "flat");
    }),
    withRuntime("an output tensor of the wrong size fails the run and stays usable", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const [a, b, small] = [floats(runtime, [1, 2]), floats(runtime, [3, 4]), floats(runtime, [9])];

      const error = await rejection(() => session.run({ a, b }, { sum: small }));

      check(isPalaverError(error, "ERR_RUNTIME"), `expected ERR_RUNTIME, got ${error}`);
      checkEqual([...small.data], [9], "the tensor");
    }),
    withRuntime("runs of one session queue up in order", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const [state, one] = [floats(runtime, [0]), floats(runtime, [1])];
      const seen: number[] = [];

      const runs = Array.from({ length: 8 }, async () => {
        await session.run({ a: state, b: one }, { sum: state });
        seen.push(Number(state.data[0]));
      });
      await Promise.all(runs);

      checkEqual(state.data[0], 8, "state");
      checkEqual(seen, [...seen].sort(), "order");
    }),
    withRuntime("an abort before the run, or while it waits, gives the signal's reason", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const [state, one] = [floats(runtime, [0]), floats(runtime, [1])];
      const run = (signal?: AbortSignal) =>
        session.run({ a: state, b: one }, { sum: state }, signal === undefined ? {} : { signal });
      const reason = { why: "enough" };
      const controller = new AbortController();

      const before = await rejection(() => run(AbortSignal.abort(reason)));
      const running = run();
      const waiting = rejection(() => run(controller.signal));
      controller.abort(reason);
      await running;

      check(before === reason, "the reason of a signal that was aborted before");
      check((await waiting) === reason, "the reason of a signal aborted in the queue");
      await run();
      checkEqual(state.data[0], 2, "only the runs that were not aborted count");
    }),
    withRuntime("a tensor may be closed while a run uses it", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const [a, b] = [floats(runtime, [1]), floats(runtime, [2])];

      const running = session.run({ a, b }, { sum: null });
      a.close();
      a.close();
      const { sum } = await running;

      checkEqual([...sum!.data], [3], "sum");
      await fails("ERR_CLOSED", () => session.run({ a, b }, { sum: null }), "a closed input");
      await fails("ERR_CLOSED", () => session.run({ a: b, b }, { sum: a }), "a closed output");
      await fails("ERR_CLOSED", () => a.data, "data of a closed tensor");
    }),
    withRuntime("a view outlives its tensor without harm", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const large = runtime.tensor("float32", [1 << 20]);
      const { sum } = await session.run({ a: large, b: large }, { sum: null });
      const views = [large.data, sum!.data];

      large.close();
      sum!.close();

      for (const view of views) {
        for (let i = 0; i < 1 << 20; i += 4096) view[i] = 1; // must not bring the process down
      }
    }),
    withRuntime("closing a session lets its run end; afterwards it is closed", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const [a, b] = [floats(runtime, [1]), floats(runtime, [2])];

      const running = session.run({ a, b }, { sum: null }).catch((error: unknown) => error);
      await Promise.all([session.close(), session.close()]);
      const outcome = await running;

      const settled = isPalaverError(outcome, "ERR_CLOSED") || typeof outcome === "object";
      check(settled, `expected a result or ERR_CLOSED, got ${outcome}`);
      await fails("ERR_CLOSED", () => session.run({ a, b }, { sum: null }), "run");
    }),
    withRuntime("closing the runtime closes everything below it", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const [a, b] = [floats(runtime, [1]), floats(runtime, [2])];
      const { sum } = await session.run({ a, b }, { sum: null });
      const loading = runtime.load(graphs.add).catch((error: unknown) => error);

      await Promise.all([runtime.close(), runtime.close()]);

      check(isPalaverError(await loading, "ERR_CLOSED"), "a load under way must end as ERR_CLOSED");
      await fails("ERR_CLOSED", () => session.run({ a, b }, { sum: null }), "run");
      await fails("ERR_CLOSED", () => runtime.tensor("float32", [1]), "tensor");
      await fails("ERR_CLOSED", () => runtime.load(graphs.add), "load");
      await fails("ERR_CLOSED", () => a.data, "data of an input");
      await fails("ERR_CLOSED", () => sum!.data, "data of an output");
    }),
  ];
}

// --- internal ---

function floats(runtime: Runtime, values: readonly number[]): RuntimeTensor {
  return runtime.tensor("float32", [values.length], Float32Array.from(values));
}

async function fails(code: ErrorCode, action: () => unknown, what: string): Promise<void> {
  const error = await rejection(action);
  check(isPalaverError(error, code), `${what}: expected ${code}, got ${error}`);
}
