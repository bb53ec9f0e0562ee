import { isPalaverError } from "../error.ts";
import type { Session, SessionEvent } from "../session.ts";
import { type ContractCase, check, checkEqual, rejection } from "./contract.ts";

/** A session over a model that can be told what to say. */
export interface SessionHarness {
  readonly session: Session;
  /** Makes the model fail in the next answer, before anything is said. */
  failNext(): void;
}

export interface SessionSetup {
  /** The system message. */
  readonly system: string;
  /** What the model says in its first, second, ... turn, in several pieces each. */
  readonly answers: readonly string[];
}

/** What every session does, wherever its model runs. */
export function sessionContract(open: (setup: SessionSetup) => Promise<SessionHarness>): ContractCase[] {
  const setup: SessionSetup = { system: "Be kind.", answers: ["Hello, héllo 🙂!", "I am well.", "Bye."] };
  const system = { role: "system", content: setup.system };
  const user = (content: string): unknown => ({ role: "user", content });
  const assistant = (content: string): unknown => ({ role: "assistant", content });
  const withSession = (name: string, show: (harness: SessionHarness) => Promise<void>): ContractCase => ({
    name,
    async run() {
      const harness = await open(setup);
      try {
        await show(harness);
      } finally {
        await harness.session.close();
      }
    },
  });

  return [
    withSession("a conversation grows by question and answer, the system message first", async ({ session }) => {
      checkEqual(session.messages, [system], "messages before the first question");
      const first = await collect(session.send("Hi"));
      const second = await collect(session.send({ role: "user", content: "How are you?" }));
      checkEqual([said(first), said(second)], setup.answers.slice(0, 2), "what was said");
      const turns = [user("Hi"), assistant(setup.answers[0]!), user("How are you?"), assistant(setup.answers[1]!)];
      checkEqual(session.messages, [system, ...turns], "messages");
    }),
    withSession("finish comes once and last, with what it took", async ({ session }) => {
      const events = await collect(session.send("Hi"));
      checkEqual(events.map(({ type }) => type).indexOf("finish"), events.length - 1, "the place of finish");
      const last = events.at(-1);
      check(last?.type === "finish" && last.reason === "stop", `expected a stop, got ${JSON.stringify(last)}`);
      check(last.usage.promptTokens > 0 && last.usage.completionTokens > 0, "usage must count tokens");
    }),
    withSession("several messages are answered together", async ({ session }) => {
      const questions = ["Hi", "Anyone?"].map((content) => ({ role: "user" as const, content }));
      await collect(session.send(questions));
      checkEqual(session.messages, [system, ...questions, assistant(setup.answers[0]!)], "messages");
    }),
    withSession("an abort ends the answer and keeps what was said", async ({ session }) => {
      const controller = new AbortController();
      const events: SessionEvent[] = [];
      for await (const event of session.send("Hi", { signal: controller.signal })) {
        events.push(event);
        if (event.type === "text-delta") controller.abort();
      }
      const last = events.at(-1);
      check(last?.type === "finish" && last.reason === "aborted", `expected an abort, got ${JSON.stringify(last)}`);
      check(said(events) !== setup.answers[0], "the answer must be cut");
      checkEqual(session.messages, [system, user("Hi"), assistant(said(events))], "messages");
      checkEqual(said(await collect(session.send("Go on"))), setup.answers[1], "the next answer");
    }),
    withSession("an abort before anything was said leaves the conversation as it was", async ({ session }) => {
      const events = await collect(session.send("Hi", { signal: AbortSignal.abort() }));
      checkEqual(
        events.map((event) => [event.type, event.type === "finish" && event.reason]),
        [["finish", "aborted"]],
        "events",
      );
      checkEqual(session.messages, [system], "messages");
      checkEqual(said(await collect(session.send("Hi"))), setup.answers[0], "the next answer");
    }),
    withSession("who takes no more events keeps what was said", async ({ session }) => {
      let text = "";
      for await (const event of session.send("Hi")) {
        if (event.type === "text-delta") text += event.text;
        if (text !== "") break;
      }
      checkEqual(session.messages, [system, user("Hi"), assistant(text)], "messages");
      checkEqual(said(await collect(session.send("Go on"))), setup.answers[1], "the next answer");
    }),
    withSession("a failure leaves the conversation as it was", async ({ session, failNext }) => {
      await collect(session.send("Hi"));
      const before = JSON.stringify(session.messages);
      failNext();
      await rejection(() => collect(session.send("Will you fail?")));
      checkEqual(JSON.stringify(session.messages), before, "messages");
      checkEqual(said(await collect(session.send("And now?"))), setup.answers[1], "the next answer");
    }),
    withSession("a second answer at a time is refused, and the first goes on", async ({ session }) => {
      const events: SessionEvent[] = [];
      for await (const event of session.send("Hi")) {
        if (events.length === 0) {
          const error = await rejection(() => collect(session.send("Me too")));
          check(isPalaverError(error, "ERR_INVALID_ARGUMENT"), `expected ERR_INVALID_ARGUMENT, got ${String(error)}`);
        }
        events.push(event);
      }
      checkEqual(said(events), setup.answers[0], "the first answer");
      checkEqual(session.messages, [system, user("Hi"), assistant(setup.answers[0]!)], "messages");
    }),
    withSession("close ends a running answer, and a closed session is ERR_CLOSED", async ({ session }) => {
      const events = session.send("Hi")[Symbol.asyncIterator]();
      await events.next();
      await session.close();
      checkEqual((await events.next()).done, true, "the answer is over");
      const error = await rejection(() => collect(session.send("Hi?")));
      check(isPalaverError(error, "ERR_CLOSED"), `expected ERR_CLOSED, got ${String(error)}`);
    }),
  ];
}

// --- internal ---

async function collect(events: AsyncIterable<SessionEvent>): Promise<SessionEvent[]> {
  const all: SessionEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

function said(events: readonly SessionEvent[]): string {
  return events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
}
