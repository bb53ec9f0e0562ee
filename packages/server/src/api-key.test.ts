import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { expect, test } from "vitest";
import { apiKey } from "./api-key.ts";

const app = new Hono();
app.use(apiKey("correct-horse"));
app.onError((error) => (error instanceof HTTPException ? error.getResponse() : new Response(null, { status: 500 })));
app.get("/", (c) => c.text("ok"));

test.each(["Bearer correct-horse", "bearer correct-horse", "Bearer   correct-horse "])(
  "%s passes",
  async (authorization) => {
    expect((await app.request("/", { headers: { authorization } })).status).toBe(200);
  },
);

test.each([
  "",
  "correct-horse",
  "Bearer",
  "Bearer ",
  "Bearer correct-hors",
  "Bearer correct-horse2",
  "Bearer Correct-horse",
  "Bearer correct-horse, Bearer x",
  "Basic correct-horse",
])("%s is refused", async (authorization) => {
  expect((await app.request("/", { headers: { authorization } })).status).toBe(401);
});

test("no header at all is refused", async () => {
  expect((await app.request("/")).status).toBe(401);
});

test("a key of any visible ASCII passes", async () => {
  const key = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i)).join("");
  const guarded = new Hono().use(apiKey(key)).get("/", (c) => c.text("ok"));

  expect((await guarded.request("/", { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
});

test.each([
  "",
  "1234567",
  "correct horse",
  "correct-horse ",
  "korrektes-Übel",
  "correct\thorse",
  "correct-horse\n",
  "🔑🔑🔑🔑🔑",
])("%j is no key: it can be guessed, or no request could name it", (key) => {
  const refusal = { code: "ERR_INVALID_ARGUMENT", message: expect.stringContaining("at least 8 characters") };

  expect(() => apiKey(key)).toThrowError(expect.objectContaining(refusal));
});
