import { expect, test } from "vitest";
import { serverSettings } from "./server-settings.ts";

test("the environment names host, port and key", () => {
  const settings = serverSettings({ HOST: "0.0.0.0", PORT: "8080", PALAVER_API_KEY: "correct-horse", HOME: "/root" });

  expect(settings).toEqual({ host: "0.0.0.0", port: 8080, apiKey: "correct-horse" });
});

test("what is empty is none", () => {
  const none = { host: undefined, port: undefined, apiKey: undefined };

  expect(serverSettings({ HOST: "", PORT: "", PALAVER_API_KEY: "" })).toEqual(none);
  expect(serverSettings({})).toEqual(none);
});
