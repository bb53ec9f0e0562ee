import { forgedTurnTests } from "./testing/forged-turns.ts";

forgedTurnTests({ hostile: 10_000, benign: 1_000 });
