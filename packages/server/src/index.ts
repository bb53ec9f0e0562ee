export { type AppOptions, createApp, type ServerApp } from "./app.ts";
export { defaultLimits, type ServerLimits } from "./limits.ts";
export {
  type ModelCapability,
  type ModelListEntry,
  type ModelProvider,
  modelList,
  type OpenServedModel,
  type ServableModel,
  type ServedModel,
  singleModel,
} from "./model-provider.ts";
export type { ConversationLog, LoggedConversation, Rating, StoredConversation } from "./palaver/conversation-log.ts";
