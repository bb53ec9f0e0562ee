import { type ErrorCode, PalaverError } from "@palaver/core";
import { HTTPException } from "hono/http-exception";
import { expect, test } from "vitest";
import { busy, failureOf, isServerFault, logFull, modelUnavailable, operatorError } from "./failure.ts";

const message = "/srv/models/tiny/model.onnx is broken";
const details = { path: "/srv/models/tiny/model.onnx" };

test.each<[ErrorCode, number]>([
  ["ERR_FORMAT", 500],
  ["ERR_IO", 500],
  ["ERR_RUNTIME", 500],
  ["ERR_CLOSED", 503],
])("%s tells a client its code and nothing of the server's files", (code, status) => {
  const failure = failureOf(new PalaverError(code, message, { details }));

  expect(failure).toMatchObject({ status, message: expect.stringContaining(`(${code})`), code: expect.any(String) });
  expect(JSON.stringify(failure)).not.toContain("/srv");
});

test.each<[ErrorCode, number]>([
  ["ERR_INVALID_ARGUMENT", 400],
  ["ERR_UNSUPPORTED", 400],
  ["ERR_CONTEXT_FULL", 400],
  ["ERR_LIMIT", 400],
  ["ERR_NOT_FOUND", 404],
])("%s is the request's fault and tells why", (code, status) => {
  const why = "messages[0].role must be a string";

  const failure = failureOf(new PalaverError(code, why, { details: { path: "messages[0].role" } }));

  expect(failure).toMatchObject({ status, message: why, param: "messages[0].role" });
});

test.each([
  ["a model that does not open", modelUnavailable, 500, "model_unavailable"],
  ["a full log", logFull, 507, "log_full"],
])("%s has a text of its own for clients, and the operator gets the error itself", (_, made, status, code) => {
  const error = new PalaverError("ERR_LIMIT", message, { details });

  const failure = failureOf(made(error));

  expect(failure).toEqual({ status, code, message: expect.not.stringContaining("/srv") });
  expect(isServerFault(failure)).toBe(true);
  expect(operatorError(made(error))).toBe(error);
});

test("other errors are told to the operator as they are", () => {
  const errors = [busy(1), new HTTPException(403, { message: "no", cause: new Error("why") }), new TypeError("x")];

  for (const error of errors) expect(operatorError(error)).toBe(error);
  expect(failureOf(errors[0])).toMatchObject({ status: 503, code: "busy", retryAfterSeconds: 1 });
  expect(failureOf(errors[1])).toEqual({ status: 403, message: "no" });
});
