import type { Sampler } from "@palaver/core";
import { byteTokenizer, tableDecoder } from "@palaver/core/testing";
import { createSampler, greedy, logprobs } from "@palaver/sampling";
import { expect, test } from "vitest";
import { type GenerateEvent, generate } from "./generate.ts";

const tokenizer = byteTokenizer();
const { vocabSize } = tokenizer;
const bytes = (text: string): number[] => tokenizer.encode(text);

async function collect(events: AsyncIterable<GenerateEvent>): Promise<GenerateEvent[]> {
  const all: GenerateEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const idsIn = (events: readonly GenerateEvent[]): number[] => events.flatMap((e) => (e.type === "token" ? [e.id] : []));
const textIn = (events: readonly GenerateEvent[]): string =>
  events.map((e) => (e.type === "text-delta" ? e.text : "")).join("");

/** A decoder that says `text` after the prompt "Q:". */
function saying(text: string | readonly number[], contextTokens = 256) {
  const said = typeof text === "string" ? bytes(text) : text;
  return tableDecoder({ vocabSize, contextTokens, script: (ids) => said[ids.length - 2] });
}

test("tokens are those that a loop over whole sequences chooses", async () => {
  const decoder = tableDecoder();
  const sampler = createSampler({ seed: 5, temperature: 1.5 });
  const ids = [1, 2, 3];
  for (let i = 0; i < 12; i++) {
    const cache = decoder.createCache();
    const [logits] = await decoder.step([{ cache, tokens: ids }]);
    ids.push(sampler(logits!, { position: ids.length, ids }));
  }

  const events = await collect(generate({ decoder, prompt: [1, 2, 3], sampler, maxTokens: 12 }));

  expect(idsIn(events)).toEqual(ids.slice(3));
});

test("events come in order, and usage counts what was done", async () => {
  let clock = 0;
  const decoder = saying("Hi");
  const now = (): number => (clock += 10);

  const events = await collect(
    generate({ decoder, tokenizer, prompt: bytes("Q:"), sampler: greedy(), maxTokens: 2, now }),
  );

  expect(events).toEqual([
    { type: "prompt-end", promptTokens: 2, cachedTokens: 0, promptMs: 10 },
    { type: "token", id: 72 },
    { type: "text-delta", text: "H" },
    { type: "token", id: 105 },
    { type: "text-delta", text: "i" },
    {
      type: "finish",
      reason: "length",
      usage: { promptTokens: 2, cachedTokens: 0, completionTokens: 2, promptMs: 10, completionMs: 10 },
    },
  ]);
  expect(decoder.steps.map(({ rows }) => rows[0]!.tokens.length)).toEqual([2, 1]);
  expect(decoder.openCaches).toBe(0);
});

test("a stop id ends the answer, counts as a token and is no part of the text", async () => {
  const decoder = saying([...bytes("Yes"), 259]);

  const events = await collect(
    generate({ decoder, tokenizer, prompt: bytes("Q:"), sampler: greedy(), stopIds: [257, 259] }),
  );

  expect(textIn(events)).toBe("Yes");
  expect(idsIn(events)).toEqual(bytes("Yes"));
  expect(events.at(-1)).toMatchObject({ reason: "stop", stopId: 259, usage: { completionTokens: 4 } });
});

test("text that spells a stop token does not end the answer", async () => {
  const decoder = saying([...bytes("<|im_end|>!"), 259]);

  const events = await collect(
    generate({ decoder, tokenizer, prompt: bytes("Q:"), sampler: greedy(), stopIds: [259] }),
  );

  expect(textIn(events)).toBe("<|im_end|>!");
});

test("a stop string ends the answer and is no part of the text", async () => {
  const options = { tokenizer, prompt: bytes("Q:"), sampler: greedy(), stopStrings: ["User:", "###"] };

  const events = await collect(generate({ ...options, decoder: saying("Us and Use. User: no") }));

  expect(textIn(events)).toBe("Us and Use. ");
  expect(events.at(-1)).toMatchObject({ reason: "stop", stopString: "User:" });
});

test("text held back for a stop string comes out when the answer ends otherwise", async () => {
  const options = { tokenizer, prompt: bytes("Q:"), sampler: greedy(), stopStrings: ["User:"], maxTokens: 7 };

  const events = await collect(generate({ ...options, decoder: saying("Hi User") }));

  expect(textIn(events)).toBe("Hi User");
});

test("half a character waits for its other half, and is U+FFFD if none comes", async () => {
  const decoder = saying("é🙂");
  const options = { decoder, tokenizer, prompt: bytes("Q:"), sampler: greedy() };

  const whole = await collect(generate({ ...options, maxTokens: 6 }));
  const cut = await collect(generate({ ...options, maxTokens: 4 }));

  expect(whole.flatMap((e) => (e.type === "text-delta" ? [e.text] : []))).toEqual(["é", "🙂"]);
  expect(textIn(cut)).toBe("é\uFFFD");
});

test("a control token is named in its event and parts the text", async () => {
  const decoder = saying([...bytes("a<"), 258, ...bytes(">b")]);
  const options = { decoder, tokenizer, prompt: bytes("Q:"), sampler: greedy(), maxTokens: 5, stopStrings: ["<>"] };

  const events = await collect(generate(options));

  expect(events.slice(1, -1)).toEqual([
    { type: "token", id: 97 },
    { type: "text-delta", text: "a" },
    { type: "token", id: 60 },
    { type: "text-delta", text: "<" },
    { type: "token", id: 258, control: "<|im_start|>" },
    { type: "token", id: 62 },
    { type: "text-delta", text: ">" },
    { type: "token", id: 98 },
    { type: "text-delta", text: "b" },
  ]);
});

test("the decoder of text has seen the prompt, so a continuation keeps its space", async () => {
  const stripping = {
    ...tokenizer,
    decodeStream() {
      let isFirst = true;
      const strip = (id: number): string => (isFirst && id === 32 ? "" : String.fromCharCode(id));
      const push = (id: number): string => {
        const text = strip(id);
        isFirst = false;
        return text;
      };
      return { push, flush: () => "" };
    },
  };

  const events = await collect(
    generate({ decoder: saying(" world"), tokenizer: stripping, prompt: bytes("Q:"), sampler: greedy(), maxTokens: 6 }),
  );

  expect(textIn(events)).toBe(" world");
});

test("log probabilities are the model's own, before the sampler changes logits", async () => {
  const decoder = tableDecoder();
  const cache = decoder.createCache();
  const [logits] = await decoder.step([{ cache, tokens: [9, 8] }]);
  const sampler = createSampler({ temperature: 2, seed: 3, logitBias: new Map([[0, 50]]) });

  const events = await collect(generate({ decoder, prompt: [9, 8], sampler, maxTokens: 1, logprobs: 2 }));

  const [chosen, ...top] = logprobs(logits!, 0, 2);
  expect(events[1]).toEqual({ type: "token", id: 0, logprob: chosen.logprob, top });
});

test("no tokens are chosen where none are asked for", async () => {
  const decoder = saying("Hi");

  const events = await collect(generate({ decoder, prompt: bytes("Q:"), sampler: greedy(), maxTokens: 0 }));

  expect(events.map(({ type }) => type)).toEqual(["prompt-end", "finish"]);
  expect(decoder.steps).toHaveLength(1);
});

test("an answer ends at the end of the context", async () => {
  const decoder = saying("abcdefghijkl", 8);

  const events = await collect(generate({ decoder, tokenizer, prompt: bytes("Q:"), sampler: greedy() }));

  // 8 tokens are computed, and the ninth is chosen from the logits of the eighth.
  expect(textIn(events)).toBe("abcdefg");
  expect(events.at(-1)).toMatchObject({ reason: "length", usage: { completionTokens: 7 } });
});

test("a prompt beyond the context is refused with what to do", async () => {
  const decoder = tableDecoder({ contextTokens: 8 });

  await expect(collect(generate({ decoder, prompt: new Array(10).fill(1), sampler: greedy() }))).rejects.toMatchObject({
    code: "ERR_CONTEXT_FULL",
    message: "context is 8 tokens, prompt needs 10: drop 2 or raise contextTokens",
    details: { contextTokens: 8, promptTokens: 10, excess: 2 },
  });
  expect(decoder.openCaches).toBe(0);
});

test.each([
  ["an empty prompt", { prompt: [] }],
  ["a negative maxTokens", { maxTokens: -1 }],
  ["a maxTokens that is no integer", { maxTokens: 1.5 }],
  ["NaN as maxTokens", { maxTokens: Number.NaN }],
  ["stop strings without a tokenizer", { stopStrings: ["x"] }],
  ["a token outside the vocabulary", { prompt: [64] }],
])("%s is refused", async (_, options) => {
  const decoder = tableDecoder();

  const events = generate({ decoder, prompt: [1], sampler: greedy(), ...options });

  await expect(collect(events)).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
  expect(decoder.openCaches).toBe(0);
});

test("logits that are not finite fail the answer and nothing else", async () => {
  const decoder = tableDecoder();
  const broken: Sampler = (logits) => greedy()(logits.fill(Number.NaN));

  await expect(collect(generate({ decoder, prompt: [1], sampler: broken }))).rejects.toMatchObject({
    code: "ERR_RUNTIME",
  });
  const next = await collect(generate({ decoder, prompt: [1], sampler: greedy(), maxTokens: 3 }));
  expect(idsIn(next)).toHaveLength(3);
  expect(decoder.openCaches).toBe(0);
});
