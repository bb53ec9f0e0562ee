/**
 * Gives the pages of resizable buffers back to the system, a part in each turn of the event loop: the kernel needs 0.1 to 0.3 ms for
 * each MB, and the cache of a long conversation has hundreds of MB.
 */

// A few milliseconds of a turn.
const BYTES_PER_TURN = 8 * 1024 * 1024;

// Small blocks are not worth a turn of their own. With the caches of a short conversation they are a few MB together.
const BYTES_AT_ONCE = 256 * 1024;

/** Empties a buffer: what views of a fixed length show is gone at once, the memory in the next turns. */
export function giveBack(buffer: ArrayBuffer): void {
  if (buffer.byteLength <= BYTES_AT_ONCE) {
    buffer.resize(0);
    return;
  }
  buffer.resize(buffer.byteLength - 1); // such a view is empty once its last byte is gone
  waiting.push(buffer);
  if (waiting.length === 1) setImmediate(giveBackSome);
}

// --- internal ---

const waiting: ArrayBuffer[] = [];

function giveBackSome(): void {
  let left = BYTES_PER_TURN;
  for (let buffer = waiting.at(-1); buffer !== undefined && left > 0; buffer = waiting.at(-1)) {
    const bytes = Math.min(left, buffer.byteLength);
    buffer.resize(buffer.byteLength - bytes);
    left -= bytes;
    if (buffer.byteLength === 0) waiting.pop();
  }
  if (waiting.length > 0) setImmediate(giveBackSome);
}
