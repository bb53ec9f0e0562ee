import { PalaverError } from "@palaver/core";
import { scriptedModel } from "@palaver/core/testing";
import { expect, test, vi } from "vitest";
import { createApp } from "../app.ts";
import { singleModel } from "../model-provider.ts";
import type { ConversationLog, StoredConversation } from "./conversation-log.ts";

const stored: StoredConversation = { id: "conv-1", time: "2026-01-02T00:00:00.000Z", model: "tiny", messages: [] };

/** A log whose readers can be counted: `begun` and those that are still at it. */
function logOf(change: Partial<ConversationLog> = {}) {
  const readers = { begun: 0, open: 0 };
  const log: ConversationLog = {
    append: async () => {},
    rate: async () => {},
    async *read() {
      readers.begun++;
      readers.open++;
      try {
        for (;;) yield { ...stored, messages: [{ role: "user", content: "x".repeat(100_000) }] };
      } finally {
        readers.open--;
      }
    },
    ...change,
  };
  return { log, readers };
}

function appWith(log: ConversationLog, onError = vi.fn()) {
  const models = singleModel(scriptedModel({ answers: [] }));
  return { onError, app: createApp({ models, version: "1", now: () => 0, random: () => 0.5, log, onError }) };
}

function rating(): RequestInit {
  const headers = { "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify({ id: "conv-1", rating: 1 }) };
}

const path = "/srv/palaver/log.jsonl";

test("an export that is left early ends its reading of the log", async () => {
  const { log, readers } = logOf();
  const reader = (await appWith(log).app.request("/api/palaver/conversations")).body!.getReader();
  await reader.read();
  expect(readers.open).toBe(1);

  await reader.cancel();

  expect(readers.open).toBe(0);
});

test("HEAD of an export tells its type and reads nothing", async () => {
  const { log, readers } = logOf();

  const response = await appWith(log).app.request("/api/palaver/conversations", { method: "HEAD" });

  expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/x-ndjson"]);
  expect(readers.begun).toBe(0);
});

test("a rating that a full log cannot keep is the server's fault, and the operator alone is told which log", async () => {
  const full = new PalaverError("ERR_LIMIT", `${path} is full: it may have 10 bytes; move it away`);
  const { log } = logOf({ rate: () => Promise.reject(full) });
  const { app, onError } = appWith(log);

  const response = await app.request("/api/palaver/rate", rating());

  expect(response.status).toBe(507);
  expect(await response.json()).toEqual({ error: "the server cannot keep this: its log is full" });
  expect(onError).toHaveBeenCalledExactlyOnceWith(full);
});

test("a log that cannot be used is a 500 without its path, also in the middle of an export", async () => {
  const broken = new PalaverError("ERR_IO", `the log ${path} cannot be used: EIO`, { details: { path } });
  const { log } = logOf({
    rate: () => Promise.reject(broken),
    async *read() {
      yield stored;
      throw broken;
    },
  });
  const { app, onError } = appWith(log);

  const rated = await app.request("/api/palaver/rate", rating());
  const exported = await app.request("/api/palaver/conversations");

  const error = "the server could not read or write a file (ERR_IO)";
  expect(rated.status).toBe(500);
  expect(await rated.json()).toEqual({ error });
  expect(await exported.text()).toBe(`${JSON.stringify(stored)}\n${JSON.stringify({ error })}\n`);
  expect(onError.mock.calls).toEqual([[broken], [broken]]);
});
