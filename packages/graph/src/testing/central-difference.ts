import type { FloatWeights } from "./random-model.ts";

/** A tensor, and where it goes. */
export interface Move {
  readonly name: string;
  readonly direction: Float32Array;
}

/** How a loss changes between two places, and the way from the one to the other in float32, as it was really gone. */
export interface Difference {
  readonly change: number;
  readonly way: Float64Array;
}

/** Moves a tensor along a direction, to both sides of where it is. The loss is in double precision, its weights in single. */
export async function centralDifference(
  weights: FloatWeights,
  { name, direction }: Move,
  loss: (weights: FloatWeights) => Promise<number>,
): Promise<Difference> {
  const size = 2e-4;
  const moved = (sign: number): Float32Array =>
    weights.get(name)!.map((value, i) => value + sign * size * direction[i]!);
  const [above, below] = [moved(1), moved(-1)];
  const at = (values: Float32Array): Promise<number> => loss(new Map([...weights, [name, values]]));
  return {
    change: (await at(above)) - (await at(below)),
    way: Float64Array.from(above, (value, i) => value - below[i]!),
  };
}

/** Where a gradient points, and a bit off it, so that wrong parts do not cancel. */
export function probeDirection(gradient: Float32Array, seed: number): Float32Array {
  const largest = Math.max(...gradient.map(Math.abs)) || 1;
  return gradient.map((value, i) => value / largest + 0.3 * Math.sin(1 + i * 1.7 + seed));
}

/** How wrong a gradient is: how far its change along the way is from the true one, as a share of the true one. */
export function slopeError(gradient: Float32Array, { change, way }: Difference): number {
  const expected = gradient.reduce((sum, value, i) => sum + value * way[i]!, 0);
  return Math.abs(expected - change) / (Math.abs(change) + 1e-6);
}
