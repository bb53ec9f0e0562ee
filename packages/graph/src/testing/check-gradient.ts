import { encodeOnnx } from "@palaver/formats";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { Tape, type Value } from "../training/tape.ts";
import { sessionOptions } from "./run-training.ts";

/** A tensor that an operation is tried on. */
export interface Probe {
  readonly shape: readonly number[];
  /** Its elements. Default: numbers from -1 to 1 that follow no pattern. */
  readonly values?: readonly number[];
}

/**
 * The largest difference between an operation's gradients, as its adjoint gives them, and central differences of the sum
 * of its output's elements with fixed factors; as a share of the largest gradient of each input.
 */
export async function gradientError(
  probes: readonly Probe[],
  write: (tape: Tape, inputs: readonly Value[]) => Value,
): Promise<number> {
  const session = await InferenceSession.create(weightedSum(probes, write), sessionOptions);
  const inputs = probes.map(({ shape, values }, index) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return Float32Array.from(values ?? Array.from({ length: size }, (_, i) => Math.sin(1 + index + i * 12.9898)));
  });
  const run = async (): Promise<InferenceSession.OnnxValueMapType> =>
    session.run(
      Object.fromEntries(
        probes.flatMap(({ shape }, i) => [
          [`x${i}`, new Tensor("float32", inputs[i]!, shape)],
          [`sum${i}`, new Tensor("float32", new Float32Array(inputs[i]!.length), shape)],
        ]),
      ),
    );
  const gradients = await run();
  let worst = 0;
  for (const [index, input] of inputs.entries()) {
    const gradient = gradients[`gradient${index}`]!.data as Float32Array;
    const largest = Math.max(...gradient.map(Math.abs), 1e-3);
    for (let i = 0; i < input.length; i++) {
      const slope = await centralDifference(input, i, async () => ((await run())[OUTPUT]!.data as Float32Array)[0]!);
      worst = Math.max(worst, Math.abs(slope - gradient[i]!) / largest);
    }
  }
  await session.release();
  return worst;
}

// --- internal ---

const OUTPUT = "y";

function weightedSum(probes: readonly Probe[], write: (tape: Tape, inputs: readonly Value[]) => Value): Uint8Array {
  const tape = new Tape();
  const inputs = probes.map(({ shape }, i) =>
    tape.parameter(`x${i}`, shape, { gradient: `sum${i}`, gradientOut: `gradient${i}` }),
  );
  const output = write(tape, inputs);
  const size = output.shape.reduce((a, b) => a * b, 1);
  const factors = tape.constant(
    "factors",
    "float32",
    output.shape,
    Float32Array.from({ length: size }, (_, i) => Math.cos(i * 78.233)),
  );
  const sum = tape.apply("ReduceSum", [tape.apply("Mul", [output, factors], output.shape)], [], { keepdims: 0 });
  tape.record([output], sum, () => tape.accumulate(output, () => factors));
  tape.output(sum, OUTPUT);
  tape.backward(sum, tape.number(1));
  const graph = { name: "check", ...tape.finish() };
  return encodeOnnx({ irVersion: 8, producer: "palaver", opsets: { "": 17, "com.microsoft": 1 }, graph });
}

async function centralDifference(input: Float32Array, i: number, value: () => Promise<number>): Promise<number> {
  const size = 2 ** -7; // large for the truth, small for float32
  const before = input[i]!;
  input[i] = before + size;
  const above = await value();
  input[i] = before - size;
  const below = await value();
  input[i] = before;
  return (above - below) / (2 * size);
}
