// Radians a position for each pair of a head's elements, written once more from the formulas: what Palaver's graphs have in
// their tables must agree with it, or the engines choose other tokens.
import { PalaverError } from "../../packages/core/dist/index.js";

/** `theta ** (-2 i / headDim)`, and Llama 3.1's scaling where the shape has it. */
export function ropeFrequencies({ headDim, ropeTheta, ropeScaling }) {
  const plain = plainFrequencies({ headDim, ropeTheta });
  const factors = ropeFactors({ headDim, ropeTheta, ropeScaling });
  return factors === undefined ? plain : plain.map((frequency, i) => frequency / factors[i]);
}

/**
 * What Llama 3.1's scaling divides each frequency by; undefined for a shape without it. Pairs that turn often within the
 * original context stay, pairs that turn less than `lowFrequencyFactor` times are slowed by `factor`, and between the two a
 * straight line leads from one to the other.
 */
export function ropeFactors({ headDim, ropeTheta, ropeScaling }) {
  if (ropeScaling.type === "none") return undefined;
  if (ropeScaling.type !== "llama3")
    throw new PalaverError("ERR_UNSUPPORTED", `no factors for the rotary scaling ${ropeScaling.type}`);
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContextTokens } = ropeScaling;
  return plainFrequencies({ headDim, ropeTheta }).map((frequency) => {
    const turns = (originalContextTokens * frequency) / (2 * Math.PI);
    const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return 1 / (kept + (1 - kept) / factor);
  });
}

function plainFrequencies({ headDim, ropeTheta }) {
  return Array.from({ length: headDim / 2 }, (_, pair) => ropeTheta ** ((-2 * pair) / headDim));
}
