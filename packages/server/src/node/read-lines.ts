import type { FileHandle } from "node:fs/promises";

const CHUNK_BYTES = 2 ** 16;
const LINE_FEED = 0x0a;

/**
 * The lines of a file's first `endBytes`, the last one also without its line feed. They end at line feeds alone: JSON may
 * hold every other character that breaks lines. Bytes are read by their position, so nothing is open but the handle of the
 * caller: readers may leave at any line and be several, and the file may be moved meanwhile.
 */
export async function* readLines(handle: FileHandle, endBytes: number): AsyncGenerator<string> {
  const begun: Buffer[] = [];
  for (let position = 0; position < endBytes; ) {
    const length = Math.min(CHUNK_BYTES, endBytes - position);
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
    // Somebody made the file shorter.
    if (bytesRead === 0) break;
    position += bytesRead;
    const chunk = buffer.subarray(0, bytesRead);
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      begun.push(chunk.subarray(start, end));
      yield Buffer.concat(begun.splice(0)).toString();
      start = end + 1;
    }
    if (start < bytesRead) begun.push(chunk.subarray(start));
  }
  if (begun.length > 0) yield Buffer.concat(begun).toString();
}
