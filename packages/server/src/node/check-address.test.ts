import { expect, test } from "vitest";
import { checkAddress } from "./check-address.ts";

const apiKey = "correct-horse";

test.each([
  {},
  { host: "127.0.0.1", port: 0 },
  { host: "localhost", apiKey },
  { host: "0.0.0.0", port: 65_535, apiKey },
  { host: undefined, port: undefined, apiKey: undefined },
])("%o may be listened on", (address) => {
  expect(() => checkAddress(address)).not.toThrow();
});

test.each([
  [{ host: "0.0.0.0" }, "PALAVER_API_KEY"],
  [{ host: "" }, "PALAVER_API_KEY"],
  [{ host: "0.0.0.0", apiKey: "" }, "at least 8 characters"],
  [{ apiKey: "correct horse" }, "visible ASCII"],
  [{ port: 65_536 }, "port must be"],
  [{ port: Number.NaN }, "port must be"],
])("%o is refused with what to do", (address, advice) => {
  const refusal = { code: "ERR_INVALID_ARGUMENT", message: expect.stringContaining(advice) };

  expect(() => checkAddress(address)).toThrowError(expect.objectContaining(refusal));
});
