import { type Failure, failureOf, isServerFault } from "./failure.ts";

/** Bytes that an answer may be ahead of its reader: a slow reader does not hold the model back until then. */
const BUFFERED_BYTES = 1024 * 1024;

export interface StreamResponseOptions {
  /** `application/x-ndjson` or `text/event-stream`. */
  readonly contentType: string;
  /** Further headers. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A failure in the middle of the stream, as a chunk. */
  readonly writeFailure: (failure: Failure) => string;
  /** Aborted when the reader leaves. */
  readonly abort: AbortController;
  /** Told about failures in the middle of the stream that are the server's. */
  readonly onError: (error: unknown) => void;
}

/**
 * A response that sends chunks as they come. It waits for the first one and fails as it does, so that a failure before
 * it can still become a status. Later failures are the last chunk. When the reader leaves, the chunks are ended.
 */
export async function streamResponse(
  chunks: AsyncGenerator<string>,
  { contentType, headers, writeFailure, abort, onError }: StreamResponseOptions,
): Promise<Response> {
  const encoder = new TextEncoder();
  const next = async () => {
    try {
      return await chunks.next();
    } catch (error) {
      if (abort.signal.aborted) throw error;
      const failure = failureOf(error);
      if (isServerFault(failure)) onError(error);
      return { done: false, value: writeFailure(failure) };
    }
  };

  const first = await chunks.next();
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => (first.done ? controller.close() : controller.enqueue(encoder.encode(first.value))),
      pull: async (controller) => {
        const { done, value } = await next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel: async (reason) => {
        abort.abort(reason);
        await chunks.return(undefined);
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: BUFFERED_BYTES }),
  );
  return new Response(body, { headers: { ...headers, "content-type": contentType, "cache-control": "no-cache" } });
}
