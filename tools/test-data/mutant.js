/** Damaged copies of a file, the same for the same seed: what a fuzzer would try first on a binary format. */

// Where sizes, counts and signs go wrong.
const NUMBERS = [
  0n,
  1n,
  2n,
  7n,
  31n,
  255n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 40n,
  2n ** 53n,
  2n ** 61n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

// What matters to JSON and to UTF-8.
const BYTES = [
  0x00, 0x01, 0x20, 0x22, 0x2c, 0x2d, 0x30, 0x39, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xc0, 0xed, 0xff,
];

/** Documented in mutant.d.ts. */
export function mutant(file, seed) {
  const random = seededRandom(seed);
  const below = (limit) => Math.floor(random() * limit);
  let bytes = new Uint8Array(file);
  for (let left = 1 + below(4); left > 0; left--) {
    const change = CHANGES[below(CHANGES.length)];
    bytes = change(bytes, below(bytes.length + 1), below);
  }
  return bytes;
}

/** Documented in mutant.d.ts: the generator known as mulberry32. */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// --- internal ---

const CHANGES = [flipBit, setByte, setByte, setNumber, setNumber, cutEnd, removeSpan, repeatSpan, moveSpan];

function flipBit(bytes, at, below) {
  if (at < bytes.length) bytes[at] ^= 1 << below(8);
  return bytes;
}

function setByte(bytes, at, below) {
  if (at < bytes.length) bytes[at] = below(2) === 0 ? BYTES[below(BYTES.length)] : below(256);
  return bytes;
}

function setNumber(bytes, at, below) {
  const width = below(2) === 0 ? 4 : 8;
  let value = NUMBERS[below(NUMBERS.length)];
  for (let i = at; i < Math.min(at + width, bytes.length); i++) {
    bytes[i] = Number(value & 255n);
    value >>= 8n;
  }
  return bytes;
}

function cutEnd(bytes, at) {
  return bytes.slice(0, at);
}

function removeSpan(bytes, at, below) {
  return joined(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + below(16))));
}

function repeatSpan(bytes, at, below) {
  const end = Math.min(bytes.length, at + 1 + below(64));
  return joined(bytes.subarray(0, end), bytes.subarray(at));
}

function moveSpan(bytes, at, below) {
  bytes.copyWithin(below(bytes.length + 1), at, at + 1 + below(64));
  return bytes;
}

function joined(start, end) {
  const bytes = new Uint8Array(start.length + end.length);
  bytes.set(start);
  bytes.set(end, start.length);
  return bytes;
}
