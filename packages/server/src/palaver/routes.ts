import { isPalaverError, PalaverError } from "@palaver/core";
import { Hono } from "hono";
import { z } from "zod";
import { logFull } from "../failure.ts";
import type { ServerLimits } from "../limits.ts";
import { parseFields } from "../parse-fields.ts";
import { readBody } from "../read-body.ts";
import { streamResponse } from "../stream-response.ts";
import type { ConversationLog, StoredConversation } from "./conversation-log.ts";

export interface PalaverRoutesOptions {
  readonly log?: ConversationLog | undefined;
  readonly limits: ServerLimits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** Longer than any id that a log gives. */
const MAX_ID_CHARACTERS = 200;

const contentType = "application/x-ndjson";

const rating = z.union([z.literal(1), z.literal(-1)], "1 (good) and -1 (bad) are the ratings");
const rateRequest = z.object({ id: z.string().min(1).max(MAX_ID_CHARACTERS), rating });

/** Routes of no other server: rating a conversation, and reading those that were kept. Without `/api/palaver`. */
export function palaverRoutes({ log, limits, now, onError }: PalaverRoutesOptions): Hono {
  const routes = new Hono();

  routes.post("/rate", async (c) => {
    const kept = requireLog(log);
    const { id, rating: given } = parseFields(rateRequest, await readBody(c.req.raw, limits));
    await kept.rate(id, given, new Date(now()).toISOString()).catch((error: unknown) => {
      throw isPalaverError(error, "ERR_LIMIT") ? logFull(error) : error;
    });
    return c.json({ id, rating: given });
  });

  routes.get("/conversations", async (c) => {
    const wanted = c.req.query("rating");
    const fields = parseFields(
      z.object({ rating: rating.optional() }),
      wanted === undefined ? {} : { rating: Number(wanted) },
    );
    const kept = requireLog(log);
    // Hono answers it with the headers of GET, and would leave a body that nobody reads open.
    if (c.req.method === "HEAD") return c.body(null, 200, { "content-type": contentType });
    return streamResponse(lines(kept.read(fields)), {
      contentType,
      writeFailure: ({ message }) => `${JSON.stringify({ error: message })}\n`,
      abort: new AbortController(),
      onError,
    });
  });
  return routes;
}

// --- internal ---

function requireLog(log: ConversationLog | undefined): ConversationLog {
  if (log !== undefined) return log;
  throw new PalaverError("ERR_NOT_FOUND", "this server keeps no conversations: start it with a log (--log FILE)");
}

async function* lines(conversations: AsyncIterable<StoredConversation>): AsyncGenerator<string> {
  for await (const conversation of conversations) yield `${JSON.stringify(conversation)}\n`;
}
