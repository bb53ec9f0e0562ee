import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { expect, test } from "vitest";
import { type SameSiteOptions, sameSite } from "./same-site.ts";

/** The status of a request; "reached" counts requests that got past the guard. */
async function send(headers: Record<string, string>, options: Partial<SameSiteOptions> = {}, method = "POST") {
  let reached = false;
  const app = new Hono();
  app.use(sameSite({ allowedHosts: [], ...options }));
  app.onError((error) => (error instanceof HTTPException ? error.getResponse() : new Response(null, { status: 500 })));
  app.all("/api/chat", (c) => {
    reached = true;
    return c.text("ok");
  });
  const response = await app.request("http://localhost/api/chat", { method, headers });
  expect(response.headers.get("access-control-allow-origin")).toBeNull();
  return { status: response.status, reached };
}

test.each(["localhost:11434", "127.0.0.1:11434", "[::1]:11434", "LOCALHOST", "app.localhost:1"])(
  "host %s is served",
  async (host) => expect(await send({ host })).toEqual({ status: 200, reached: true }),
);

test.each([
  "evil.example",
  "evil.example:11434",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "0.0.0.0:11434",
  "192.168.1.7:11434",
  "[::]:11434",
  "localhost@evil.example",
  "evil.example#localhost",
  "localhost, evil.example",
  "localhost:11434:80",
  "xn--lcalhost-54a",
])("host %s is refused: a name that a page brought along", async (host) => {
  expect(await send({ host })).toEqual({ status: 403, reached: false });
});

test("an absolute request target counts like a host", async () => {
  const app = new Hono().use(sameSite({ allowedHosts: [] })).get("/", (c) => c.text("ok"));

  expect((await app.request("http://evil.example/", { headers: { host: "localhost" } })).status).toBe(403);
});

test.each([
  "http://evil.example",
  "https://localhost.evil.example",
  "http://localhost:3000",
  "http://127.0.0.1:11434",
  "null",
  "file://",
  "chrome-extension://abcdef",
  "http://localhost:11434@evil.example",
  "http://localhost:11434/",
  "",
])("origin %s is refused: a page of another site", async (origin) => {
  expect(await send({ host: "localhost:11434", origin })).toEqual({ status: 403, reached: false });
});

test("the server's own page is served", async () => {
  const headers = { host: "localhost:11434", origin: "http://localhost:11434", "sec-fetch-site": "same-origin" };

  expect(await send(headers)).toEqual({ status: 200, reached: true });
});

test.each(["cross-site", "same-site"])("a POST that the browser calls %s is refused", async (site) => {
  expect(await send({ "sec-fetch-site": site })).toEqual({ status: 403, reached: false });
});

test("a link on another site may lead here", async () => {
  const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };

  expect(await send(headers, {}, "GET")).toEqual({ status: 200, reached: true });
});

test("a preflight is not answered", async () => {
  const headers = { origin: "http://evil.example", "access-control-request-method": "POST" };

  expect(await send(headers, {}, "OPTIONS")).toEqual({ status: 403, reached: false });
});

test("named hosts are served besides the loopback ones, others are not", async () => {
  const options = { allowedHosts: ["Model.Lan"] };

  expect((await send({ host: "model.lan:11434" }, options)).status).toBe(200);
  expect((await send({ host: "localhost" }, options)).status).toBe(200);
  expect((await send({ host: "evil.lan" }, options)).status).toBe(403);
});
