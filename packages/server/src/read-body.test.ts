import { isPalaverError } from "@palaver/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { serverLimits } from "./limits.ts";
import { readBody } from "./read-body.ts";

const limits = serverLimits({ maxBodyBytes: 200, maxJsonDepth: 4 });

/** A string as bytes: fetch would name a content type for a string. */
function post(body: string | Uint8Array | ReadableStream<Uint8Array>, headers: Record<string, string> = {}): Request {
  const raw = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return new Request("http://localhost/", { method: "POST", body: raw, headers, duplex: "half" } as RequestInit);
}

test.each([
  "application/json",
  "application/json; charset=utf-8",
  "Application/JSON",
  "application/x-www-form-urlencoded",
])("a JSON object sent as %s is read", async (type) => {
  expect(await readBody(post('{"a":"ö"}', { "content-type": type }), limits)).toEqual({ a: "ö" });
});

test("a body without a content type is read", async () => {
  expect(await readBody(post(new TextEncoder().encode("{}")), limits)).toEqual({});
});

test.each(["text/plain", "multipart/form-data; boundary=x", "text/json"])("%s is refused with 415", async (type) => {
  await expect(readBody(post("{}", { "content-type": type }), limits)).rejects.toMatchObject({ status: 415 });
});

test("what a page's form could send is refused with 415", async () => {
  const request = post("{}", { "content-type": "application/x-www-form-urlencoded", origin: "http://evil.example" });

  await expect(readBody(request, limits)).rejects.toMatchObject({ status: 415 });
});

test("a body that says it is too large is refused before it is read", async () => {
  const untouched = new ReadableStream<Uint8Array>({ pull: () => expect.unreachable() }, { highWaterMark: 0 });

  await expect(readBody(post(untouched, { "content-length": "201" }), limits)).rejects.toMatchObject({ status: 413 });
});

test("a body that grows too large is refused when it does", async () => {
  let pulls = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulls++;
      controller.enqueue(new Uint8Array(50).fill(0x20));
    },
  });

  await expect(readBody(post(endless), limits)).rejects.toMatchObject({ status: 413 });
  expect(pulls).toBeLessThan(10);
});

test.each([
  ["nothing", ""],
  ["spaces", "   "],
  ["half an object", '{"a":'],
  ["an array", "[]"],
  ["a string", '"a"'],
  ["null", "null"],
  ["nesting", '{"a":[[[[]]]]}'],
  ["two objects", "{}{}"],
])("%s is no valid body", async (_, body) => {
  await expect(readBody(post(body), limits)).rejects.toSatisfy((e) => isPalaverError(e, "ERR_INVALID_ARGUMENT"));
});

test("bytes that are no UTF-8 are no valid body", async () => {
  const body = Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d);

  await expect(readBody(post(body), limits)).rejects.toSatisfy((e) => isPalaverError(e, "ERR_INVALID_ARGUMENT"));
});

test("an object arrives as it was sent, however it is cut into chunks", async () => {
  const property = fc.asyncProperty(fc.dictionary(fc.string(), fc.string()), fc.nat(5), async (value, size) => {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    const cut = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (let i = 0; i < bytes.length; i += size + 1) controller.enqueue(bytes.slice(i, i + size + 1));
        controller.close();
      },
    });
    const roomy = serverLimits({ maxBodyBytes: 1_000_000 });

    expect(await readBody(post(cut), roomy)).toEqual(JSON.parse(JSON.stringify(value)));
  });
  await fc.assert(property, { numRuns: 50 });
});
