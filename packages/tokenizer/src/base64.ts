/** Decodes the base64 in `bytes[from, to)` and returns the number of bytes, -1 if it is none or does not fit in `into`. */
export function readBase64(bytes: Uint8Array, from: number, to: number, into: Uint8Array): number {
  let stop = to;
  while (stop > from && to - stop < 2 && bytes[stop - 1] === 0x3d) stop--;
  if ((to - from) % 4 !== 0 || ((stop - from) * 3) >> 2 > into.length) return -1;
  let used = 0;
  let held = 0;
  let bits = 0;
  for (let i = from; i < stop; i++) {
    const sextet = sextets[bytes[i]!]!;
    if (sextet < 0) return -1;
    held = ((held << 6) | sextet) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      into[used++] = (held >> bits) & 255;
    }
  }
  return used;
}

// --- internal ---

const sextets = makeSextets();

function makeSextets(): Int8Array {
  const table = new Int8Array(256).fill(-1);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (let i = 0; i < 64; i++) table[alphabet.charCodeAt(i)] = i;
  return table;
}
