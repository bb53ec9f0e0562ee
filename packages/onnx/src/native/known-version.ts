import { PalaverError } from "@palaver/core";

/** The version whose function table and behaviour (buffers updated in place) the code was written against. */
const KNOWN_VERSION = /^1\.30\./;

/** Refuses a library whose functions may lie elsewhere, before one of them is called. @throws ERR_UNSUPPORTED */
export function requireKnownVersion(version: string, path: string): void {
  if (KNOWN_VERSION.test(version)) return;
  const message = `ONNX Runtime ${version} is installed, the native driver needs 1.30: add onnxruntime-node@~1.30.0`;
  throw new PalaverError("ERR_UNSUPPORTED", message, { details: { path, version } });
}
