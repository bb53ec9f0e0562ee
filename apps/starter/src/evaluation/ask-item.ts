import { contentText, type Message, type Model } from "@palaver/core";
import type { AnswerItem, ExamItem, FimItem, ToolItem } from "../world/exam-item.ts";
import { isRefusal } from "../world/exam-item.ts";
import { answerChat } from "./answer-chat.ts";
import { continueText, fillHole } from "./continue-text.ts";
import { compiledCode, runCode } from "./run-code.ts";

/** More than any right answer takes; a base model seldom ends. */
const maxTokens = 100;

/** What became of an item. */
export interface ItemResult {
  readonly item: ExamItem;
  readonly asked: string;
  readonly expected: string;
  readonly given: string;
  readonly right: boolean;
  /** The model itself ended its answer, the last one where there were two. */
  readonly ended: boolean;
  /** Of an item with an answer in words. */
  readonly declined?: boolean;
  /** Of an item that needs a call. */
  readonly call?: { readonly name: boolean; readonly arguments: boolean; readonly answer: boolean };
  /** Of a hole. */
  readonly compiles?: boolean;
}

/** Asks a model; undefined where it cannot be asked: a base model has no way to call tools. */
export async function askItem(model: Model, item: ExamItem): Promise<ItemResult | undefined> {
  if (item.group === "fim") return askHole(model, item);
  if (item.group !== "tools") return askQuestion(model, item);
  return model.template === undefined ? undefined : askWithTools(model, item);
}

// --- internal ---

async function askQuestion(model: Model, item: AnswerItem): Promise<ItemResult> {
  const asked = question(item.messages);
  const { text, ended } =
    model.template === undefined
      ? await continueText(model, `${asked}\n`, maxTokens)
      : await answerChat(model, item.messages);
  // What a base model writes behind its first line is another matter.
  const given = model.template === undefined ? (text.split("\n")[0] ?? "").trim() : text;
  const expected = item.expected.join(" or ");
  return { item, asked, expected, given, ended, right: item.grade(given), declined: isRefusal(given) };
}

async function askWithTools(model: Model, item: ToolItem): Promise<ItemResult> {
  const { messages, tools } = item;
  const [wanted] = item.expected.calls;
  const first = await answerChat(model, messages, tools);
  const calls = first.calls.map(({ name, arguments: given }) => ({ name, arguments: given }));
  const spelled = calls.map((call) => JSON.stringify(call)).join("\n");
  const isCalled = calls.length > 0 && item.expected.result !== undefined;
  const last = isCalled ? await answerChat(model, withResult(item, first), tools) : first;
  const right = item.grade({ calls, text: last.text });
  const expected = [
    ...item.expected.calls.map((call) => JSON.stringify(call)),
    item.expected.answers.join(" or "),
  ].join(" ");
  const result = {
    item,
    asked: question(messages),
    expected,
    given: `${spelled} ${last.text}`.trim(),
    right,
    ended: last.ended,
  };
  if (wanted === undefined) return result;
  const name = calls.length === 1 && calls[0]!.name === wanted.name;
  // The grade of the calls alone: a right answer behind them is taken for granted.
  const isSame = item.grade({ calls, text: item.expected.answers[0] ?? "" });
  return { ...result, call: { name, arguments: isSame, answer: right } };
}

/** The conversation with the model's own call, as it was made, and what the tool gives. */
function withResult(
  { messages, expected }: ToolItem,
  { text, calls }: { text: string; calls: Awaited<ReturnType<typeof answerChat>>["calls"] },
): Message[] {
  const toolCalls = calls.map((call, index) => ({ ...call, id: `call_${index + 1}` }));
  const results = toolCalls.map(
    ({ id, name }): Message => ({ role: "tool", toolCallId: id, name, content: expected.result ?? "" }),
  );
  return [...messages, { role: "assistant", content: text, toolCalls }, ...results];
}

async function askHole(model: Model, item: FimItem): Promise<ItemResult> {
  const { prefix, suffix, expected } = item;
  const { text, ended } = await fillHole(model, { prefix, suffix }, maxTokens);
  const code = compiledCode(prefix + text + suffix);
  const right = code !== undefined && item.grade(testValue(code, expected.test));
  const asked = `${prefix}▢${suffix}`;
  return { item, asked, expected: expected.middle, given: text, right, ended, compiles: code !== undefined };
}

/** The value of a test, undefined where the code throws or does not end. */
function testValue(code: string, test: string): unknown {
  try {
    return runCode(code, test);
  } catch {
    // Whatever a model's code throws, it is wrong.
    return undefined;
  }
}

function question(messages: readonly Message[]): string {
  const last = messages.at(-1);
  return last === undefined ? "" : contentText(last.content);
}
