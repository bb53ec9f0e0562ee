import { PalaverError } from "@palaver/core";

/** Fails with ERR_INVALID_ARGUMENT unless `value` is from 0 to 1. */
export function requireProbability(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${name} must be from 0 to 1, got ${value}`);
  }
}
