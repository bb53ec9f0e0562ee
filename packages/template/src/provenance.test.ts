import { forgedTurnTests } from "./testing/forged-turns.ts";

forgedTurnTests({ hostile: 500, benign: 200 });
