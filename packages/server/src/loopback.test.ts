import { expect, test } from "vitest";
import { isLoopback } from "./loopback.ts";

test.each(["localhost", "LOCALHOST", "app.localhost", "127.0.0.1", "127.255.255.255", "::1", "[::1]"])(
  "%s is this machine",
  (host) => expect(isLoopback(host)).toBe(true),
);

test.each([
  "0.0.0.0",
  "::",
  "10.0.0.1",
  "192.168.1.2",
  "127.0.0.256",
  "127.0.0.1.evil.example",
  "localhost.evil.example",
  "evil-localhost",
  "127.evil.example",
  "128.0.0.1",
  "1270.0.0.1",
  "",
])("%s may be another one", (host) => expect(isLoopback(host)).toBe(false));
