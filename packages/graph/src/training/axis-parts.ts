import type { Tape, Value } from "./tape.ts";

/** Parts of these lengths along an axis, one after the other; all of them have to be used. */
export function split(tape: Tape, x: Value, axis: number, lengths: readonly number[]): readonly Value[] {
  if (lengths.length === 1) return [x];
  const shapes = lengths.map((length) => x.shape.with(axis, length));
  const parts = tape.applyAll("Split", [x, tape.integers(lengths)], shapes, { axis });
  tape.recordAll([x], parts, (adjoints) => tape.contribute(x, () => tape.apply("Concat", adjoints, x.shape, { axis })));
  return parts;
}

/** Parts put together along an axis. */
export function concat(tape: Tape, parts: readonly Value[], axis: number): Value {
  const lengths = parts.map(({ shape }) => shape[axis]!);
  if (parts.length === 1) return parts[0]!;
  const shape = parts[0]!.shape.with(
    axis,
    lengths.reduce((a, b) => a + b),
  );
  const y = tape.apply("Concat", parts, shape, { axis });
  tape.record(parts, y, (dy) => {
    const shapes = parts.map((part) => part.shape);
    const adjoints = tape.applyAll("Split", [dy, tape.integers(lengths)], shapes, { axis });
    for (const [i, part] of parts.entries()) tape.contribute(part, () => adjoints[i]!);
  });
  return y;
}

/** What lies from `first` to before `end` along an axis. */
export function range(tape: Tape, x: Value, axis: number, [first, end]: readonly [number, number]): Value {
  const length = x.shape[axis]!;
  if (first === 0 && end === length) return x;
  const ends = [tape.integers([first]), tape.integers([end]), tape.integers([axis])];
  const y = tape.apply("Slice", [x, ...ends], x.shape.with(axis, end - first));
  tape.record([x], y, (dy) =>
    tape.contribute(x, () => {
      const before = x.shape.map((_, i) => (i === axis ? first : 0));
      const after = x.shape.map((_, i) => (i === axis ? length - end : 0));
      return tape.apply("Pad", [dy, tape.integers([...before, ...after])], x.shape);
    }),
  );
  return y;
}
