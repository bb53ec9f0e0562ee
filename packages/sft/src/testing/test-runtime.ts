import { PalaverError, type Runtime, type RuntimeSession, type RuntimeTensor, type TensorData } from "@palaver/core";
import { InferenceSession, Tensor } from "onnxruntime-node";

export interface TestRuntimeOptions {
  /** Called before each run with the graph's outputs; what it throws, the run throws. */
  readonly onRun?: (outputs: readonly string[]) => void;
  /** Called after each run with the tensors that it wrote into. */
  readonly afterRun?: (outputs: Readonly<Record<string, RuntimeTensor | null>>) => void;
}

/** The smallest runtime over ONNX Runtime's Node binding: one thread, the processor's memory, the types that training needs. */
export function testRuntime(options: TestRuntimeOptions = {}): Runtime {
  return {
    driver: "test",
    device: "cpu",
    version: "1.30",
    threads: 1,
    tensor: (type, shape, data) => {
      const length = shape.reduce((product, size) => product * size, 1);
      return wrap(new Tensor(type as "float32", (data ?? zeros(type, length)).slice() as Float32Array, shape));
    },
    load: async (source) => open(source, options),
    close: async () => {},
  };
}

// --- internal ---

const tensors = new WeakMap<RuntimeTensor, Tensor>();

function wrap(tensor: Tensor): RuntimeTensor {
  const wrapped: RuntimeTensor = {
    type: tensor.type as "float32",
    shape: tensor.dims,
    // What was made is of number types only.
    data: tensor.data as TensorData,
    close: () => {},
  };
  tensors.set(wrapped, tensor);
  return wrapped;
}

function zeros(type: string, length: number): TensorData {
  if (type === "float32") return new Float32Array(length);
  if (type === "int64") return new BigInt64Array(length);
  if (type === "uint8") return new Uint8Array(length);
  if (type === "int32") return new Int32Array(length);
  throw new PalaverError("ERR_UNSUPPORTED", `no zeros of ${type}`);
}

async function open(
  source: string | Uint8Array,
  { onRun = () => {}, afterRun = () => {} }: TestRuntimeOptions,
): Promise<RuntimeSession> {
  const sessionOptions = { intraOpNumThreads: 1, interOpNumThreads: 1, enableMemPattern: false };
  const session = await InferenceSession.create(source as Uint8Array, sessionOptions);
  const opened: RuntimeSession = {
    inputs: [],
    outputs: [],
    run: async (feeds, fetches, { signal } = {}) => {
      signal?.throwIfAborted();
      onRun(Object.keys(fetches));
      const outputs = await session.run(unwrap(feeds), unwrap(fetches));
      afterRun(fetches);
      return Object.fromEntries(
        Object.entries(fetches).map(([name, target]) => [name, target ?? wrap(outputs[name] as Tensor)]),
      );
    },
    bind: (feeds, fetches) => ({
      run: async (options) => {
        await opened.run(feeds, fetches, options);
      },
      close: () => {},
    }),
    close: () => session.release(),
  };
  return opened;
}

function unwrap(values: Readonly<Record<string, RuntimeTensor | null>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value && tensors.get(value)!]),
  ) as Record<string, Tensor>;
}
