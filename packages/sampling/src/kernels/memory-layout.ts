/** What stands where at the beginning of the kernels' memory: addresses in bytes. What depends on the vocabulary follows. */

/** For each set of four lanes, the bytes that bring them to the front: 16 by 16 bytes. */
export const SHUFFLES = 0;
/** Results of a kernel beside its own. */
export const RESULTS = SHUFFLES + 16 * 16;
/** A number of 64 bits for each strip, twice. */
export const STRIPS = RESULTS + 64;
/** How many. */
export const STRIP_COUNT = 2048;
export const OTHER_STRIPS = STRIPS + 8 * STRIP_COUNT;
export const VOCABULARY = OTHER_STRIPS + 8 * STRIP_COUNT;
