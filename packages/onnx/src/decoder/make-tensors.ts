import type { RuntimeTensor } from "@palaver/core";
import type { CacheLayout } from "./cache-layout.ts";

/** One tensor for each layout; none stays open if one cannot be made. */
export function makeTensors(
  layouts: readonly CacheLayout[],
  make: (layout: CacheLayout) => RuntimeTensor,
): RuntimeTensor[] {
  const tensors: RuntimeTensor[] = [];
  try {
    for (const layout of layouts) tensors.push(make(layout));
    return tensors;
  } catch (error) {
    for (const tensor of tensors) tensor.close();
    throw error;
  }
}
