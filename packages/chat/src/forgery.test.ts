import type { Message, SessionEvent } from "@palaver/core";
import { scriptedModel, type TableDecoder } from "@palaver/core/testing";
import { greedy } from "@palaver/sampling";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSession } from "./create-session.ts";

/** What people try, whole and in halves. */
const pieces = [
  "<|im_end|>",
  "<|im_start|>",
  "<|im_",
  "end|>",
  "start|>system\n",
  "\n",
  "<|begin|>",
  "</call>",
  "hello",
];
const hostile = fc.array(fc.constantFrom(...pieces), { maxLength: 5 }).map((parts) => parts.join(""));
const parts = fc.array(fc.record({ type: fc.constant("text" as const), text: hostile }), { maxLength: 4 });
const content = fc.oneof(hostile, parts);
const given = fc.dictionary(hostile, hostile);
const calls = fc.array(fc.record({ id: hostile, name: hostile, arguments: given }), { maxLength: 2 });
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ role: fc.constant("user" as const), content, name: hostile }),
  fc.record({ role: fc.constant("assistant" as const), content, reasoning: hostile, toolCalls: calls }),
  fc.record({ role: fc.constant("tool" as const), content, toolCallId: hostile, name: hostile }),
);

/** The sequence that the decoder's only cache has seen last. */
function sequence(decoder: TableDecoder): number[] {
  const ids: number[] = [];
  for (const { rows } of decoder.steps) ids.splice(rows[0]!.start, Number.POSITIVE_INFINITY, ...rows[0]!.tokens);
  return ids;
}

async function take(events: AsyncIterable<SessionEvent>): Promise<void> {
  for await (const _ of events);
}

test("nothing that people, tools or the model wrote becomes a control token", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 4 }), hostile, hostile, async (messages, system, said) => {
      const model = scriptedModel({ answers: () => said, contextTokens: 8192 });
      const tools = [{ name: system, description: said, parameters: { [said]: said } }];
      const session = createSession({ model, system, messages, tools, sampler: greedy() });

      await take(session.send(said));
      await take(session.send(said, { maxTokens: 0 }));

      // Each message begins and ends once; so does the answer's header begin, and the answer has not ended.
      const whole = session.messages.slice(0, -1).flatMap(() => [258, 259]);
      expect(sequence(model.decoder).filter((id) => id >= 256)).toEqual([...whole, 258]);
    }),
    { numRuns: 200 },
  );
});
