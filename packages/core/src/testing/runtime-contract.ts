/** What every `Runtime` promises: tensors, runs, writing in place. Graphs come from the caller, since this package writes none. */

import { isPalaverError } from "../error.ts";
import type { Runtime, RuntimeSession, RuntimeTensor, TensorData, TensorType } from "../runtime.ts";
import { type ContractCase, check, checkEqual, rejection } from "./contract.ts";
import { runtimeBindContract } from "./runtime-bind-contract.ts";
import { runtimeFailureContract } from "./runtime-failure-contract.ts";

/** The graphs that the cases run, as ONNX files. */
export interface RuntimeContractGraphs {
  /** `sum = a + b`, all float32 (n). */
  readonly add: Uint8Array;
  /** For each of `copyTypes`: `out_TYPE = in_TYPE`, (2, n). */
  readonly copy: Uint8Array;
  readonly copyTypes: readonly TensorType[];
  /** `flat = reshape(x, (4))`, float32 (n): fails for any other n. */
  readonly reshape: Uint8Array;
  /**
   * GroupQueryAttention of one head of size 16 over a shared buffer. Inputs: `query`, `new_key`, `new_value` float32
   * (1, tokens, 16), `past_key`, `past_value` float32 (1, 1, capacity, 16), `seqlens_k` int32 (1),
   * `total_sequence_length` int32 (). Outputs: `attention` (1, tokens, 16), `present_key`, `present_value`.
   */
  readonly append: Uint8Array;
}

const HEAD = 16;

/** Enough for a runtime to keep them otherwise than a few. */
const MANY = 100_000;

/** The cases for runtimes that `make` opens; each case closes what it opened. */
export function runtimeContract(make: () => Promise<Runtime>, graphs: RuntimeContractGraphs): ContractCase[] {
  const withRuntime = (name: string, body: (runtime: Runtime) => Promise<void>): ContractCase => ({
    name,
    run: async () => {
      const runtime = await make();
      try {
        await body(runtime);
      } finally {
        await runtime.close();
      }
    },
  });

  return [
    withRuntime("it says what it is", async (runtime) => {
      const { driver, device, version, threads } = runtime;

      check(driver !== "" && device !== "" && version !== "", "driver, device and version must be named");
      check(Number.isInteger(threads) && threads >= 1, `threads must be at least 1, got ${threads}`);
    }),
    withRuntime("a tensor starts as zeros and its data is a live view", async (runtime) => {
      const tensor = runtime.tensor("float32", [2, 3]);
      const before = [...tensor.data];

      tensor.data[4] = 7;

      checkEqual(before, [0, 0, 0, 0, 0, 0], "new tensor");
      checkEqual([tensor.type, tensor.shape, [...tensor.data]], ["float32", [2, 3], [0, 0, 0, 0, 7, 0]], "tensor");
    }),
    withRuntime("a tensor copies the data that it is made from", async (runtime) => {
      const data = Int32Array.of(1, 2);
      const tensor = runtime.tensor("int32", [2], data);

      data[0] = 9;

      checkEqual([...tensor.data], [1, 2], "tensor");
    }),
    withRuntime("scalars and empty tensors exist", async (runtime) => {
      checkEqual(runtime.tensor("float32", [], Float32Array.of(3)).data[0], 3, "scalar");
      checkEqual(runtime.tensor("float32", [1, 4, 0, 8]).data.length, 0, "empty tensor");
    }),
    withRuntime("wrong shapes and wrong data are refused", async (runtime) => {
      const wrong: readonly [string, () => RuntimeTensor][] = [
        ["too few elements", () => runtime.tensor("float32", [3], Float32Array.of(1, 2))],
        ["another array class", () => runtime.tensor("float32", [1], Int32Array.of(1))],
        ["a negative size", () => runtime.tensor("float32", [-1])],
        ["half an element", () => runtime.tensor("float32", [1.5])],
        ["not a number", () => runtime.tensor("float32", [Number.NaN])],
      ];
      for (const [what, action] of wrong) {
        check(isPalaverError(await rejection(action), "ERR_INVALID_ARGUMENT"), `${what} must be refused`);
      }
      for (const shape of [[2 ** 40], [2 ** 30, 2 ** 30, 2 ** 30]]) {
        const error = await rejection(() => runtime.tensor("float32", shape));
        check(isPalaverError(error, "ERR_LIMIT"), `(${shape}) must be beyond the limit, got ${error}`);
      }
    }),
    withRuntime("a session tells its inputs and outputs, names of open sizes included", async (runtime) => {
      const { inputs, outputs } = await runtime.load(graphs.append);

      const info = inputs.find(({ name }) => name === "past_key");
      checkEqual(info, { name: "past_key", type: "float32", shape: [1, 1, "capacity", HEAD] }, "past_key");
      checkEqual(outputs.map(({ name }) => name).sort(), ["attention", "present_key", "present_value"], "outputs");
      checkEqual(inputs.find(({ name }) => name === "total_sequence_length")?.shape, [], "a scalar");
    }),
    withRuntime("a run makes a new tensor where none is given", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const [a, b] = [floats(runtime, [1, 2]), floats(runtime, [10, 20])];

      const { sum } = await session.run({ a, b }, { sum: null });

      checkEqual([sum?.type, sum?.shape, [...sum!.data]], ["float32", [2], [11, 22]], "sum");
    }),
    withRuntime("a run writes into the tensor that is given", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const [a, b, target] = [floats(runtime, [1, 2]), floats(runtime, [10, 20]), floats(runtime, [0, 0])];
      const view = target.data;

      const { sum } = await session.run({ a, b }, { sum: target });

      check(sum === target, "the tensor given must be the tensor returned");
      checkEqual([...view], [11, 22], "a view taken before the run");
    }),
    withRuntime("tensors of many elements are read and written at their places, like small ones", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const counted = Float32Array.from({ length: MANY }, (_, i) => i);
      const [a, b, target] = [floats(runtime, counted), floats(runtime, counted), runtime.tensor("float32", [MANY])];
      const view = target.data;

      await session.run({ a, b }, { sum: target });
      const { sum } = await session.run({ a: target, b }, { sum: null });

      check(
        counted.every((i) => view[i] === 2 * i && sum!.data[i] === 3 * i),
        "each sum must be at its own place",
      );
    }),
    withRuntime("an output may be written over an input", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const [state, b] = [floats(runtime, [1, 2]), floats(runtime, [10, 20])];

      await session.run({ a: state, b }, { sum: state });
      await session.run({ a: state, b }, { sum: state });

      checkEqual([...state.data], [21, 42], "state");
    }),
    withRuntime("an output of one run can be the input of the next, and be written to", async (runtime) => {
      const session = await runtime.load(graphs.add);
      const first = await session.run({ a: floats(runtime, [1]), b: floats(runtime, [2]) }, { sum: null });
      const second = await session.run({ a: first.sum!, b: first.sum! }, { sum: null });

      second.sum!.data[0] = 5;
      const third = await session.run({ a: second.sum!, b: first.sum! }, { sum: null });

      checkEqual([...third.sum!.data], [8], "sum");
    }),
    withRuntime("every element type goes through a graph unchanged", async (runtime) => {
      const session = await runtime.load(graphs.copy);
      const samples = graphs.copyTypes.map((type) => [type, sample(type)] as const);
      const feeds = samples.map(([type, data]) => [`in_${type}`, runtime.tensor(type, [2, 1], data)] as const);
      const fetches = samples.map(([type]) => [`out_${type}`, null] as const);

      const outputs = await session.run(Object.fromEntries(feeds), Object.fromEntries(fetches));

      for (const [type, data] of samples) {
        const output = outputs[`out_${type}`]!;
        checkEqual([output.type, [...output.data].map(String)], [type, [...data].map(String)], type);
      }
    }),
    withRuntime("an empty input runs", async (runtime) => {
      const session = await runtime.load(graphs.add);

      const { sum } = await session.run({ a: floats(runtime, []), b: floats(runtime, []) }, { sum: null });

      checkEqual([sum?.shape, sum?.data.length], [[0], 0], "sum");
    }),
    withRuntime("attention appends to its cache in place", async (runtime) => {
      // The promise that decoding stands on: past and present are one tensor, and only the new rows are written.
      const session = await runtime.load(graphs.append);
      const cache = {
        key: runtime.tensor("float32", [1, 1, 8, HEAD]),
        value: runtime.tensor("float32", [1, 1, 8, HEAD]),
      };
      const keys = cache.key.data;
      check(keys instanceof Float32Array, "float32 tensors are seen as Float32Array");
      keys.fill(-3, 5 * HEAD);

      await append(runtime, session, cache, 0, [1, 2]);
      await append(runtime, session, cache, 2, [4]);

      check(cache.key.data === keys, "the view must stay the same");
      const rows = Array.from({ length: 8 }, (_, row) => Number(keys[row * HEAD]));
      checkEqual(rows, [1, 2, 4, 0, 0, -3, -3, -3], "first number of each row of keys");
    }),
    withRuntime("attention sees what earlier runs appended", async (runtime) => {
      const session = await runtime.load(graphs.append);
      const cache = {
        key: runtime.tensor("float32", [1, 1, 8, HEAD]),
        value: runtime.tensor("float32", [1, 1, 8, HEAD]),
      };

      await append(runtime, session, cache, 0, [3, 6], 0);
      const last = await append(runtime, session, cache, 2, [9], 0);

      // The query is zero, so all positions weigh alike: the mean of the values 3, 6, 9.
      check(Math.abs(last - 6) < 1e-4, `expected 6, got ${last}`);
    }),
    ...runtimeBindContract(withRuntime, graphs),
    ...runtimeFailureContract(withRuntime, graphs),
  ];
}

// --- internal ---

interface Cache {
  readonly key: RuntimeTensor;
  readonly value: RuntimeTensor;
}

function floats(runtime: Runtime, values: ArrayLike<number>): RuntimeTensor {
  return runtime.tensor("float32", [values.length], Float32Array.from(values));
}

/** Two elements of a type, told apart from each other and from zero; booleans are 1 and 0. */
function sample(type: TensorType): TensorData {
  switch (type) {
    case "float32":
      return Float32Array.of(1.5, -2);
    case "float64":
      return Float64Array.of(1.5, -2);
    case "int64":
      return BigInt64Array.of(2n ** 40n, -2n);
    case "uint64":
      return BigUint64Array.of(2n ** 63n, 2n);
    case "int32":
      return Int32Array.of(2 ** 30, -2);
    case "uint32":
      return Uint32Array.of(2 ** 31, 2);
    case "int16":
      return Int16Array.of(2 ** 14, -2);
    case "int8":
      return Int8Array.of(100, -2);
    case "uint8":
      return Uint8Array.of(200, 2);
    case "bool":
      return Uint8Array.of(1, 0);
    case "uint16":
    case "float16":
    case "bfloat16":
      return Uint16Array.of(0x3e00, 0xc000); // 1.5 and -2 as float16
  }
}

/** Appends one row a number of `rows` (each filled with it) at `start`; gives the last row's attention. */
async function append(
  runtime: Runtime,
  session: RuntimeSession,
  cache: Cache,
  start: number,
  rows: readonly number[],
  query = 1,
): Promise<number> {
  const block = (values: readonly number[]): RuntimeTensor => {
    const data = Float32Array.from(values.flatMap((value) => Array<number>(HEAD).fill(value)));
    return runtime.tensor("float32", [1, values.length, HEAD], data);
  };
  const total = start + rows.length;
  const feeds = {
    query: block(rows.map(() => query)),
    new_key: block(rows),
    new_value: block(rows),
    past_key: cache.key,
    past_value: cache.value,
    seqlens_k: runtime.tensor("int32", [1], Int32Array.of(total - 1)),
    total_sequence_length: runtime.tensor("int32", [], Int32Array.of(total)),
  };
  const fetches = { attention: null, present_key: cache.key, present_value: cache.value };
  const { attention } = await session.run(feeds, fetches);
  return Number(attention!.data.at(-1));
}
