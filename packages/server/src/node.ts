export { type ListenOptions, listen, type RunningServer } from "./node/listen.ts";
