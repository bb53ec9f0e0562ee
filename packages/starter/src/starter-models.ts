/**
 * Where the two forms of the starter model lie: folders that any reader of imported models opens. `base` continues text
 * and fills in the middle, `chat` is the same model after supervised fine-tuning on dialogues.
 */
export const starterModels: Readonly<Record<"base" | "chat", URL>> = {
  base: new URL("../model/base/", import.meta.url),
  chat: new URL("../model/chat/", import.meta.url),
};
