/** A server-sent event with JSON data. JSON escapes line feeds, so the data is one line. */
export function sse(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** What ends a stream. */
export const sseDone = "data: [DONE]\n\n";
