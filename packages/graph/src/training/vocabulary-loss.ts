import { softcap } from "./softcap.ts";
import type { Tape, Value } from "./tape.ts";

/** What is predicted, and how much each prediction counts. */
export interface Targets {
  /** int64 `(labels)`. */
  readonly labels: Value;
  /** float32 `(labels)`. */
  readonly weights: Value;
  /** Logits `x` become `cap * tanh(x / cap)`. */
  readonly cap?: number | undefined;
}

/** Names of the graph's outputs. */
export interface LossNames {
  readonly loss: string;
  /** Undefined where the losses of single labels are not wanted. */
  readonly labelLosses: string | undefined;
}

/**
 * The head and its loss: `loss = sum of weights * -log P(label)`, P = softmax(x W^T), x `(labels, width)`, W `(vocab, width)`.
 * `-log P(label) = largest logit - the label's logit - log(largest probability)`: nothing in it can underflow.
 * The derivative by the logits is (P - onehot(label)) weight; the weight is applied where rows are narrow.
 */
export function vocabularyLoss(
  tape: Tape,
  [x, weight]: readonly [x: Value, weight: Value],
  { labels, weights, cap }: Targets,
  names: LossNames,
): Value {
  const count = labels.shape[0]!;
  const wide = [count, weight.shape[0]!];
  const column = [count, 1];
  const capped = softcap(tape, tape.apply("Gemm", [x, weight], wide, { transB: 1 }), cap);
  const logits = capped.value;
  const probabilities = tape.apply("Softmax", [logits], wide, { axis: -1 });
  const indices = tape.view(labels, column);
  const loss = measure(tape, { logits, probabilities, indices, weights }, names);
  tape.record([x, weight], loss, () => {
    const minusOnes = tape.apply("Expand", [tape.number(-1), tape.integers(column)], column);
    const error = capped.back(
      tape.apply("ScatterElements", [probabilities, indices, minusOnes], wide, { axis: 1, reduction: "add" }),
    );
    const counts = tape.view(weights, column);
    tape.accumulate(weight, (sum) => {
      const weighted = tape.apply("Mul", [x, counts], x.shape);
      return tape.apply("Gemm", sum === undefined ? [error, weighted] : [error, weighted, sum], weight.shape, {
        transA: 1,
      });
    });
    tape.contribute(x, () => tape.apply("Mul", [tape.apply("Gemm", [error, weight], x.shape), counts], x.shape));
  });
  return loss;
}

// --- internal ---

interface Prediction {
  readonly logits: Value;
  readonly probabilities: Value;
  readonly indices: Value;
  readonly weights: Value;
}

function measure(tape: Tape, { logits, probabilities, indices, weights }: Prediction, names: LossNames): Value {
  const { shape } = indices;
  const largest = (x: Value): Value => tape.apply("ReduceMax", [x], shape, { axes: [1], keepdims: 1 });
  return tape.leaf(() => {
    const labelLogit = tape.apply("GatherElements", [logits, indices], shape, { axis: 1 });
    const gap = tape.apply("Sub", [largest(logits), labelLogit], shape);
    const log = tape.apply("Log", [largest(probabilities)], shape);
    const labelLosses = tape.view(tape.apply("Sub", [gap, log], shape), weights.shape);
    const weighted = tape.apply("Mul", [labelLosses, weights], weights.shape);
    const loss = tape.apply("ReduceSum", [weighted], [], { keepdims: 0 });
    tape.output(loss, names.loss);
    if (names.labelLosses !== undefined) tape.output(labelLosses, names.labelLosses);
    return loss;
  });
}
