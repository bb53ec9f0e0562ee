export { type CompleteOptions, complete } from "./complete.ts";
export { createSession } from "./create-session.ts";
export type { ContextPolicy } from "./fit-context.ts";
export { type ExecutableTool, type RunToolsEvent, type RunToolsOptions, runTools } from "./run-tools.ts";
export type { AnswerOptions, ChatSession, SendInput, SendOptions, SessionOptions } from "./session-options.ts";
