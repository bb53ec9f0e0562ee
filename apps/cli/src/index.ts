export {
  type ChatSession,
  complete,
  createSession,
  type SessionOptions,
} from "@palaver/chat";
export { isPalaverError, type Message, type Model, PalaverError, type SessionEvent } from "@palaver/core";
export { generate, score } from "@palaver/engine";
export { importModel, openModel } from "@palaver/hub";
export { createSampler, greedy } from "@palaver/sampling";
export { type LoadedModel, type LoadModelOptions, loadModel } from "./load-model.ts";
