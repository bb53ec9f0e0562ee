import { expect, test } from "vitest";
import type { OrtApi } from "./ort-api.ts";
import { checkStatus } from "./ort-status.ts";

const STATUS = 7n;

test("a status says by its action and its code what can be done next, and is released", () => {
  const cases = [
    ["load", 7, "Protobuf parsing failed", "ERR_FORMAT"], // ORT_INVALID_PROTOBUF
    ["load", 9, "no kernel", "ERR_UNSUPPORTED"], // ORT_NOT_IMPLEMENTED
    ["load", 6, "std::bad_alloc", "ERR_LIMIT"], // ORT_RUNTIME_EXCEPTION
    ["run", 6, "std::bad_alloc", "ERR_RUNTIME"],
  ] as const;
  for (const [action, ortCode, message, code] of cases) {
    const released: unknown[] = [];
    // Only what is called here is there.
    const api = {
      GetErrorCode: () => ortCode,
      GetErrorMessage: () => message,
      ReleaseStatus: (status: unknown) => released.push(status),
    } as unknown as OrtApi;

    const check = () => checkStatus(api, STATUS, action, "it");

    expect(check, message).toThrow(expect.objectContaining({ code, details: { ortCode } }));
    expect(released).toEqual([STATUS]);
  }
});
