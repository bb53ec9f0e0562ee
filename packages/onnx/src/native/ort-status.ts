import { type ErrorCode, PalaverError } from "@palaver/core";
import { loadError } from "../load-error.ts";
import type { OrtApi, Pointer } from "./ort-api.ts";

/** What ONNX Runtime was doing; decides how its error codes read. */
export type NativeAction = "load" | "run" | "call";

/** Throws what a status says, and frees it; does nothing for null, which is success. */
export function checkStatus(api: OrtApi, status: Pointer | null, action: NativeAction, subject: string): void {
  if (status === null) return;
  const ortCode = api.GetErrorCode(status);
  const message = api.GetErrorMessage(status);
  api.ReleaseStatus(status);
  const options = { details: { ortCode } };
  if (action === "load") throw loadError(LOAD_CODES[ortCode] ?? "ERR_FORMAT", `${subject}: ${message}`, options);
  throw new PalaverError("ERR_RUNTIME", `${subject}: ${message}`, options);
}

// --- internal ---

// OrtErrorCode of onnxruntime_c_api.h. Whatever else stops a load (bad protobuf, unknown operators, types that do not
// fit, an exception of an initializer) lies in the file.
const LOAD_CODES: Readonly<Record<number, ErrorCode>> = {
  3: "ERR_NOT_FOUND", // ORT_NO_SUCHFILE
  5: "ERR_RUNTIME", // ORT_ENGINE_ERROR
  9: "ERR_UNSUPPORTED", // ORT_NOT_IMPLEMENTED
  11: "ERR_RUNTIME", // ORT_EP_FAIL
};
