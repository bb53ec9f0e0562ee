import { createRequire } from "node:module";

// The same relative path from `src` and from `dist`.
const manifest: unknown = createRequire(import.meta.url)("../package.json");

/** This package's version. */
export const version: string = (manifest as { version: string }).version;
