import type { DoubleWeights } from "./training-example.ts";

/** How fast a loss grows when a tensor moves along a direction, in double precision. */
export function centralDifference(
  weights: DoubleWeights,
  { name, direction }: { readonly name: string; readonly direction: Float64Array },
  loss: (weights: DoubleWeights) => number,
): number {
  const size = 1e-5;
  const moved = (sign: number): number => {
    const values = Float64Array.from(weights.get(name)!, (value, i) => value + sign * size * direction[i]!);
    return loss(new Map<string, Float32Array | Float64Array>([...weights, [name, values]]));
  };
  return (moved(1) - moved(-1)) / (2 * size);
}

/** Where a gradient points, and a bit off it, so that wrong parts do not cancel. */
export function probeDirection(gradient: Float32Array, seed: number): Float64Array {
  const largest = Math.max(...gradient.map(Math.abs)) || 1;
  return Float64Array.from(gradient, (value, i) => value / largest + 0.3 * Math.sin(1 + i * 1.7 + seed));
}

/** The scalar product of a gradient and a direction. */
export function along(gradient: Float32Array, direction: Float64Array): number {
  return gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
}
