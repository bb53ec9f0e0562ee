export { type CacheDirectoryOptions, cacheDirectory } from "./cache-directory.ts";
export type { DecoderForm, HubForm, ModelDetails, SharedCacheForm, ValueNames } from "./decoder-form.ts";
export type { GenerationDefaults } from "./generation-defaults.ts";
export { importModel } from "./import-model.ts";
export type { ImportOptions, ImportProgress } from "./import-options.ts";
export type { Clock, ModelText } from "./model-text.ts";
export { type OpenedModel, type OpenModelOptions, openModel } from "./open-model.ts";
export { type OpenModelTextOptions, openModelText } from "./open-model-text.ts";
