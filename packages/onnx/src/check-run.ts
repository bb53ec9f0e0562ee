import { PalaverError, type RuntimeTensor, type ValueInfo } from "@palaver/core";
import type { Backing, Named } from "./driver.ts";
import { DriverTensor } from "./driver-tensor.ts";

/** Tensors of a run by name, checked. */
export interface CheckedRun<B extends Backing> {
  readonly feeds: readonly Named<DriverTensor<B>>[];
  readonly fetches: readonly Named<DriverTensor<B> | null>[];
}

/** What a run is checked against. */
export interface RunRules<B extends Backing> {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** The open tensors of the runtime. */
  readonly family: ReadonlySet<DriverTensor<B>>;
}

/**
 * Checks names, owners, types and fixed sizes before anything native is called, so that both drivers refuse alike.
 * @throws ERR_INVALID_ARGUMENT
 */
export function checkRun<B extends Backing>(
  { inputs, outputs, family }: RunRules<B>,
  feeds: Readonly<Record<string, RuntimeTensor>>,
  fetches: Readonly<Record<string, RuntimeTensor | null>>,
): CheckedRun<B> {
  refuseUnknown("input", Object.keys(feeds), inputs);
  refuseUnknown("output", Object.keys(fetches), outputs);
  const wanted = outputs.filter(({ name }) => Object.hasOwn(fetches, name));
  if (wanted.length === 0) throw new PalaverError("ERR_INVALID_ARGUMENT", "a run needs at least one output to fetch");
  const checked: CheckedRun<B> = {
    feeds: inputs.map((info) => {
      const tensor = Object.hasOwn(feeds, info.name) ? feeds[info.name] : undefined;
      if (tensor === undefined) throw new PalaverError("ERR_INVALID_ARGUMENT", `input ${info.name} is missing`);
      return [info.name, ownTensor("input", tensor, info, family)];
    }),
    fetches: wanted.map((info) => {
      const tensor = fetches[info.name] ?? null;
      return [info.name, tensor === null ? null : ownTensor("output", tensor, info, family)];
    }),
  };
  const written = checked.fetches.flatMap(([, tensor]) => (tensor === null ? [] : [tensor]));
  if (new Set(written).size < written.length) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", "two outputs cannot be written into one tensor");
  }
  return checked;
}

// --- internal ---

type Side = "input" | "output";

function refuseUnknown(side: Side, names: readonly string[], known: readonly ValueInfo[]): void {
  const allowed = new Set(known.map((info) => info.name));
  for (const name of names) {
    if (allowed.has(name)) continue;
    const list = known.map((info) => info.name).join(", ");
    throw new PalaverError("ERR_INVALID_ARGUMENT", `the graph has no ${side} ${name}; it has ${list}`);
  }
}

function ownTensor<B extends Backing>(
  side: Side,
  tensor: RuntimeTensor,
  info: ValueInfo,
  family: ReadonlySet<DriverTensor<B>>,
): DriverTensor<B> {
  if (!isOwn(tensor, family)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `the tensor for ${side} ${info.name} belongs to another runtime`);
  }
  if (tensor.type !== info.type) {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `${side} ${info.name} is ${info.type}, the tensor is ${tensor.type}`,
    );
  }
  // ONNX Runtime reports a scalar and an unknown rank alike, as no dimensions.
  const fits =
    info.shape.length === 0 ||
    (info.shape.length === tensor.shape.length &&
      info.shape.every((size, axis) => typeof size === "string" || size === tensor.shape[axis]));
  if (fits) return tensor;
  const message = `${side} ${info.name} is (${info.shape}), the tensor is (${tensor.shape})`;
  throw new PalaverError("ERR_INVALID_ARGUMENT", message, { details: { name: info.name } });
}

function isOwn<B extends Backing>(
  tensor: RuntimeTensor,
  family: ReadonlySet<DriverTensor<B>>,
): tensor is DriverTensor<B> {
  return tensor instanceof DriverTensor && tensor.isOf(family);
}
