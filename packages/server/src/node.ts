export { type CheckAddressOptions, checkAddress } from "./node/check-address.ts";
export {
  type FileConversationLog,
  type FileConversationLogOptions,
  openConversationLog,
} from "./node/file-conversation-log.ts";
export { type ListenOptions, listen, type RunningServer } from "./node/listen.ts";
