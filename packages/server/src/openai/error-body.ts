import type { Failure } from "../failure.ts";

/** An error as the OpenAI API tells it. */
export interface OpenaiErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** The body of a failure; the type follows from the status as the OpenAI API has it. */
export function errorBody({ status, message, param, code }: Failure): OpenaiErrorBody {
  return { error: { message, type: typeOf(status), param: param ?? null, code: code ?? null } };
}

// --- internal ---

function typeOf(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}
