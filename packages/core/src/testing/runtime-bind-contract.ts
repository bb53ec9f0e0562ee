/** What every `Runtime` promises of bound runs. Part of `runtimeContract`. */

import { isPalaverError } from "../error.ts";
import type { Runtime, RuntimeTensor } from "../runtime.ts";
import { type ContractCase, check, checkEqual, rejection } from "./contract.ts";

type WithRuntime = (name: string, body: (runtime: Runtime) => Promise<void>) => ContractCase;

interface Graphs {
  readonly add: Uint8Array;
  readonly reshape: Uint8Array;
}

/** The cases; `withRuntime` opens and closes a runtime around each. */
export function runtimeBindContract(withRuntime: WithRuntime, graphs: Graphs): ContractCase[] {
  return [
    withRuntime("a bound run computes from what its tensors hold now, between runs of others", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const [state, step] = [floats(runtime, [1, 2]), floats(runtime, [10, 20])];
      const bound = session.bind({ a: state, b: step }, { sum: state });

      await bound.run();
      step.data[0] = 100;
      const [, other] = await Promise.all([bound.run(), session.run({ a: state, b: state }, { sum: null })]);

      checkEqual([...state.data], [111, 42], "state");
      checkEqual([...other.sum!.data], [222, 84], "a run that queued up behind it");
    }),
    withRuntime("what a run would refuse cannot be bound", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const [a, sum] = [floats(runtime, [1]), floats(runtime, [1])];
      const wrong = runtime.tensor("int32", [1]);

      for (const [what, bind] of [
        ["a missing input", () => session.bind({ a }, { sum })],
        ["another type", () => session.bind({ a, b: wrong }, { sum })],
        ["no output", () => session.bind({ a, b: a }, {})],
        // What the type forbids too: a caller without types may try.
        ["an output to be made", () => session.bind({ a, b: a }, { sum: null as unknown as RuntimeTensor })],
      ] as const) {
        check(isPalaverError(await rejection(bind), "ERR_INVALID_ARGUMENT"), `${what} must be refused`);
      }
      sum.close();
      const late = await rejection(() => session.bind({ a, b: a }, { sum }));
      check(isPalaverError(late, "ERR_CLOSED"), `a closed tensor: expected ERR_CLOSED, got ${late}`);
    }),
    withRuntime("bound tensors stay until the bound run is closed, also during a run", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const [state, step, view] = [floats(runtime, [1]), floats(runtime, [2]), floats(runtime, [0])];
      const bound = session.bind({ a: state, b: step }, { sum: view });
      const data = view.data;

      for (const tensor of [state, step, view]) tensor.close();
      const running = bound.run();
      bound.close();
      bound.close();
      await running;

      checkEqual([...data], [3], "sum");
      check(isPalaverError(await rejection(() => bound.run()), "ERR_CLOSED"), "a closed bound run must be closed");
    }),
    withRuntime("a bound run that fails or is aborted runs again", async (runtime) => {
      const session = await runtime.load(graphs.reshape);
      const [wrong, right] = [floats(runtime, [1, 2, 3]), floats(runtime, [1, 2, 3, 4])];
      const flat = runtime.tensor("float32", [4]);
      const reason = { why: "enough" };

      const failed = await rejection(() => session.bind({ x: wrong }, { flat }).run());
      const bound = session.bind({ x: right }, { flat });
      const aborted = await rejection(() => bound.run({ signal: AbortSignal.abort(reason) }));
      await bound.run();

      check(isPalaverError(failed, "ERR_RUNTIME"), `expected ERR_RUNTIME, got ${failed}`);
      check(aborted === reason, "the signal's reason");
      checkEqual([...flat.data], [1, 2, 3, 4], "flat");
    }),
    withRuntime("closing the session or the runtime closes its bound runs", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const a = floats(runtime, [1]);
      const first = session.bind({ a, b: a }, { sum: a });
      const second = (await runtime.load(graphs.add)).bind({ a, b: a }, { sum: a });

      const running = first.run().catch((error: unknown) => error);
      await session.close();
      await running;
      const afterSession = await rejection(() => first.run());
      await second.run();
      await runtime.close();
      const afterRuntime = await rejection(() => second.run());

      check(isPalaverError(afterSession, "ERR_CLOSED"), `session: expected ERR_CLOSED, got ${afterSession}`);
      check(isPalaverError(afterRuntime, "ERR_CLOSED"), `runtime: expected ERR_CLOSED, got ${afterRuntime}`);
      first.close();
      second.close();
    }),
  ];
}

// --- internal ---

function floats(runtime: Runtime, values: readonly number[]): RuntimeTensor {
  return runtime.tensor("float32", [values.length], Float32Array.from(values));
}
