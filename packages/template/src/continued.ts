import { PalaverError } from "@palaver/core";
import type { Text } from "./jinja/text.ts";

/**
 * The output up to the end of the last message's content: what the template writes after it is gone, and with it the
 * white space that the template stripped.
 *
 * @throws ERR_UNSUPPORTED where the template does not write that content
 */
export function continued(output: Text, messageIndex: number): Text {
  const run = output.origins.findLastIndex(
    (origin) => origin.origin === "content" && origin.messageIndex === messageIndex,
  );
  if (run < 0) {
    throw new PalaverError(
      "ERR_UNSUPPORTED",
      `the template does not write the content of message ${messageIndex}: it cannot be continued`,
    );
  }
  return output.upTo(run);
}
