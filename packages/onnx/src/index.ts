export type { CacheNames } from "./decoder/cache-names.ts";
export type { DecoderNames } from "./decoder/find-form.ts";
export { type OpenDecoderOptions, openDecoder } from "./decoder/open-decoder.ts";
export { defaultThreads } from "./default-threads.ts";
export { type Device, type DriverName, type OpenRuntimeOptions, openRuntime } from "./open-runtime.ts";
