export type { CacheNames } from "./decoder/cache-names.ts";
export type { DecoderNames } from "./decoder/find-form.ts";
export { type OpenDecoderOptions, openDecoder } from "./decoder/open-decoder.ts";
export { defaultThreads } from "./default-threads.ts";
export type { PassedOver } from "./driver-runtime.ts";
export {
  type Device,
  type DriverName,
  type OpenedRuntime,
  type OpenRuntimeOptions,
  openRuntime,
} from "./open-runtime.ts";
