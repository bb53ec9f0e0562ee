/** A safetensors file put together by hand: any header text, then any data. */
export function safetensorsBytes(header: string | Uint8Array, dataBytes = 0, claimedLength?: bigint): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, claimedLength ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}
