import type { Message } from "@palaver/core";
import { plainTemplate, scriptedModel } from "@palaver/core/testing";
import { greedy } from "@palaver/sampling";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSession } from "./create-session.ts";
import { type FitOptions, type FittedPrompt, fitContext } from "./fit-context.ts";

const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });
const tool = (content: string): Message => ({ role: "tool", content });
const system: Message = { role: "system", content: "S" };

/** Fits messages that cost as many tokens as their contents have characters. */
function fit(messages: readonly Message[], options: Partial<FitOptions> = {}): FittedPrompt {
  const encode = (kept: readonly Message[]) => ({
    rendered: { text: "", segments: [] },
    ids: kept.flatMap(({ content }) => [...String(content)].map(() => 0)),
  });
  return fitContext(messages, encode, {
    policy: "drop-oldest",
    contextTokens: 100,
    maxTokens: Number.POSITIVE_INFINITY,
    newFrom: messages.length - 1,
    ...options,
  });
}

const contents = (messages: readonly Message[]): string[] => messages.map(({ content }) => String(content)[0]!);

test("a conversation that leaves room for the answer stays whole", () => {
  const messages = [system, user("a".repeat(30)), assistant("b".repeat(30)), user("c")];

  expect(fit(messages)).toMatchObject({ kept: messages, dropped: [] });
});

test("the oldest turns go until half of the context is free, the system message stays", () => {
  const turns = ["a", "c", "e", "g"].flatMap((letter) => [user(letter.repeat(19)), assistant("x")]);

  const { kept, dropped, ids } = fit([system, ...turns, user("n")]);

  expect(contents(dropped)).toEqual(["a", "x", "c", "x"]);
  expect(contents(kept)).toEqual(["S", "e", "x", "g", "x", "n"]);
  expect(ids).toHaveLength(42);
});

test("calls and results of tools leave with their turn", () => {
  const turn = [user("a".repeat(60)), assistant("c"), tool("r"), tool("r"), assistant("d")];

  const { kept, dropped } = fit([system, ...turn, user("n".repeat(30))]);

  expect(dropped).toEqual(turn);
  expect(contents(kept)).toEqual(["S", "n"]);
});

test("a tool's result keeps the turn that called it", () => {
  const turn = [user("q".repeat(60)), assistant("c")];

  const { kept, dropped } = fit([user("a"), assistant("b"), ...turn, tool("r".repeat(30))], { newFrom: 4 });

  expect(contents(dropped)).toEqual(["a", "b"]);
  expect(contents(kept)).toEqual(["q", "c", "r"]);
});

test("messages that are sent together stay together", () => {
  const sent = [user("m".repeat(60)), user("n".repeat(60))];

  const { kept, dropped } = fit([user("a"), assistant("b"), ...sent], { newFrom: 2 });

  expect(contents(dropped)).toEqual(["a", "b"]);
  expect(kept).toEqual(sent);
});

test("nothing is dropped by the policy error", () => {
  const messages = [user("a".repeat(200)), assistant("b"), user("c")];

  expect(fit(messages, { policy: "error" })).toMatchObject({ kept: messages, dropped: [] });
});

test("what is kept and what is dropped are the conversation, and the last turn is kept", () => {
  const anyMessage = fc
    .tuple(fc.constantFrom("user", "assistant", "tool"), fc.nat(60))
    .map(([role, length]) => ({ role, content: "x".repeat(length + 1) }) as Message);
  fc.assert(
    fc.property(fc.array(anyMessage, { maxLength: 12 }), fc.nat(3), (past, heads) => {
      const head = new Array<Message>(heads).fill(system);
      const messages = [...head, ...past, user("n")];

      const { kept, dropped } = fit(messages);

      expect([...head, ...dropped, ...kept.slice(heads)]).toEqual(messages);
      expect(kept[heads]?.role === "user" || dropped.length === 0).toBe(true);
      expect(kept.at(-1)).toEqual(user("n"));
    }),
  );
});

test("a session that drops turns says so, goes on, and forgets them", async () => {
  const model = scriptedModel({ answers: () => "ok", contextTokens: 160 });
  const session = createSession({ model, system: "S", sampler: greedy(), contextPolicy: "drop-oldest" });
  const dropped: Message[] = [];
  for (const question of ["one", "two", "three", "four", "five"]) {
    for await (const event of session.send(question)) {
      if (event.type === "context-drop") dropped.push(...event.messages);
    }
  }

  const all = ["one", "two", "three", "four", "five"].flatMap((question) => [user(question), assistant("ok")]);
  expect(dropped.length).toBeGreaterThan(0);
  expect([...dropped, ...session.messages.slice(1)]).toEqual(all);
  expect(session.messages[0]).toEqual({ role: "system", content: "S" });
});

test.each(["error", "drop-oldest"] as const)(
  "a question beyond the context fails by policy %s",
  async (contextPolicy) => {
    const model = scriptedModel({ answers: () => "ok", contextTokens: 100 });
    const session = createSession({ model, sampler: greedy(), contextPolicy });
    const take = async (question: string): Promise<void> => {
      for await (const _ of session.send(question));
    };
    await take("Hi");
    const before = session.messages;

    await expect(take("x".repeat(200))).rejects.toMatchObject({
      code: "ERR_CONTEXT_FULL",
      message: expect.stringMatching(/^context is 100 tokens, prompt needs \d+: drop \d+ or raise contextTokens$/),
    });
    expect(session.messages).toBe(before);
    await take("And now?");
    expect(session.messages.at(-1)).toEqual(assistant("ok"));
  },
);

test("long conversations are fitted with few renderings", () => {
  const template = plainTemplate();
  let renderings = 0;
  const messages = Array.from({ length: 2001 }, (_, i) => (i % 2 === 0 ? user(`q${i}`) : assistant(`a${i}`)));

  fitContext(
    messages,
    (kept) => {
      renderings++;
      const rendered = template.render(kept);
      return { rendered, ids: [...rendered.text].map(() => 0) };
    },
    { policy: "drop-oldest", contextTokens: 1000, maxTokens: 100, newFrom: 2000 },
  );

  expect(renderings).toBeLessThanOrEqual(12); // one of all, one of the shortest, and ten halvings of 1,000 turns
});
