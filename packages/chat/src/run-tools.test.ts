import { scriptedModel } from "@palaver/core/testing";
import { greedy } from "@palaver/sampling";
import { expect, test } from "vitest";
import { createSession } from "./create-session.ts";
import { type ExecutableTool, type RunToolsEvent, runTools } from "./run-tools.ts";

const call = (name: string, given: object): string => `<call>${JSON.stringify({ name, arguments: given })}</call>`;
const add: ExecutableTool = { name: "add", execute: ({ a, b }) => String(Number(a) + Number(b)) };

function sessionThatSays(...answers: string[]) {
  return createSession({ model: scriptedModel({ answers }), sampler: greedy() });
}

async function collect(events: AsyncIterable<RunToolsEvent>): Promise<RunToolsEvent[]> {
  const all: RunToolsEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

test("tools are called until an answer calls none", async () => {
  const session = sessionThatSays(
    call("add", { a: 1, b: 2 }) + call("add", { a: 3, b: 4 }),
    call("add", { a: 3, b: 7 }),
    "10.",
  );

  const events = await collect(runTools(session, "1+2+3+4?", [add]));

  expect(events.flatMap((event) => (event.type === "tool-result" ? [event.content] : []))).toEqual(["3", "7", "10"]);
  expect(events.flatMap((event) => (event.type === "finish" ? [event.reason] : []))).toEqual([
    "tool-calls",
    "tool-calls",
    "stop",
  ]);
  expect(session.messages.map(({ role }) => role)).toEqual([
    "user",
    "assistant",
    "tool",
    "tool",
    "assistant",
    "tool",
    "assistant",
  ]);
  expect(session.messages[3]).toEqual({ role: "tool", content: "7", toolCallId: "call_1", name: "add" });
});

test("what goes wrong in a tool, and a tool that is not there, is told to the model", async () => {
  const failing: ExecutableTool = {
    name: "fail",
    execute() {
      throw new DOMException("out of paper");
    },
  };
  const session = sessionThatSays(call("fail", {}), call("missing", {}), "Sorry.");

  const events = await collect(runTools(session, "Print.", [failing]));

  expect(events.flatMap((event) => (event.type === "tool-result" ? [event.content] : []))).toEqual([
    "Error: out of paper",
    "Error: there is no tool missing.",
  ]);
  expect(session.messages.at(-1)).toEqual({ role: "assistant", content: "Sorry." });
});

test("a model that calls without end is stopped", async () => {
  const again = call("add", { a: 1, b: 1 });
  const session = sessionThatSays(again, again, again, again);

  const events = await collect(runTools(session, "Loop.", [add], { maxRounds: 2 }));

  expect(events.filter(({ type }) => type === "tool-result")).toHaveLength(2);
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "tool-calls" });
});

test("an abort reaches into a tool", async () => {
  const controller = new AbortController();
  const reason = new DOMException("enough", "AbortError");
  const slow: ExecutableTool = {
    name: "wait",
    execute: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
        controller.abort(reason);
      }),
  };
  const session = sessionThatSays(call("wait", {}));

  const events = collect(runTools(session, "Wait.", [slow], { signal: controller.signal }));

  await expect(events).rejects.toBe(reason);
});

test.each([-1, 0.5, Number.NaN])("%s rounds are refused", async (maxRounds) => {
  await expect(collect(runTools(sessionThatSays("x"), "Hi", [add], { maxRounds }))).rejects.toMatchObject({
    code: "ERR_INVALID_ARGUMENT",
  });
});
