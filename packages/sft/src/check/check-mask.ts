import { isPalaverError, type Tokenizer } from "@palaver/core";
import type { ChatPrompt, ChatTemplate } from "@palaver/template";
import type { DialogueExample } from "../data/example.ts";
import type { MaskProblem } from "./mask-problem.ts";
import { type MaskRun, maskRuns } from "./mask-runs.ts";

export interface CheckMaskOptions {
  readonly template: ChatTemplate;
  readonly tokenizer: Tokenizer;
}

type Conversation = Pick<DialogueExample, "messages" | "tools">;

/**
 * Looks at a mask for a dialogue as anyone may have made it, without trusting the maker: at what the tokens under it say.
 * `lossMask` belongs to the dialogue's tokens as the template writes them, or to as many of them as were kept.
 * @throws what `render` throws
 */
export function checkMask(
  conversation: Conversation,
  lossMask: ArrayLike<number>,
  { template, tokenizer }: CheckMaskOptions,
): MaskProblem[] {
  const { messages, tools } = conversation;
  const prompt = template.render(messages, { tools });
  const { ids, offsets } = tokenizer.encodeWithOffsets(prompt.segments);
  const isCut = lossMask.length < ids.length;
  const runs = maskRuns(lossMask);
  if (runs.length === 0) {
    return isCut
      ? [{ code: "answer-cut", message: `the first ${lossMask.length} of ${ids.length} tokens hold no answer` }]
      : [{ code: "mask-empty", message: "no token is learnt" }];
  }
  const ends = new Set(template.endOfTurnTokensWith({ tools }).map((token) => tokenizer.tokenToId(token)));
  return runs.flatMap((run) => {
    const range: CharacterRange = { start: offsets[2 * run.start]!, end: offsets[2 * run.end - 1]! };
    const isAtCut = isCut && run.end === lossMask.length;
    const lastWords = endOfWords(prompt, range);
    const isEnded = ids
      .slice(run.start, run.end)
      .some((id, index) => ends.has(id) && offsets[2 * (run.start + index)]! >= lastWords);
    return [
      ...foreignWords(prompt, range),
      ...headerProblem(conversation, { template, prompt, range }),
      ...(isEnded ? [] : [endProblem(isAtCut, run, prompt.text.slice(range.start, range.end))]),
    ];
  });
}

// --- internal ---

interface CharacterRange {
  readonly start: number;
  readonly end: number;
}

function overlaps(a: CharacterRange, b: CharacterRange): boolean {
  return a.start < b.end && b.start < a.end;
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}

/** Where the last thing that the assistant said in a range ends; the range's start where it said nothing. */
function endOfWords({ ranges }: ChatPrompt, range: CharacterRange): number {
  return ranges
    .filter((words) => words.role === "assistant" && words.origin !== "role" && overlaps(words, range))
    .reduce((end, words) => Math.max(end, Math.min(words.end, range.end)), range.start);
}

function foreignWords({ ranges, text }: ChatPrompt, range: CharacterRange): MaskProblem[] {
  const found = ranges.find(
    (words) =>
      words.role !== undefined && words.role !== "assistant" && words.origin !== "role" && overlaps(words, range),
  );
  if (found === undefined) return [];
  const said = excerpt(text.slice(found.start, found.end));
  return [
    found.role === "tool"
      ? { code: "tool-result-trained", message: `what a tool returned is learnt: ${said}` }
      : { code: "others-trained", message: `what the ${found.role} says is learnt: ${said}` },
  ];
}

/** The header is what the template writes for an answer to begin; it can be told where the shorter text is a prefix. */
function headerProblem(
  { messages, tools }: Conversation,
  {
    template,
    prompt,
    range,
  }: { readonly template: ChatTemplate; readonly prompt: ChatPrompt; readonly range: CharacterRange },
): MaskProblem[] {
  const messageIndex = prompt.ranges.find(
    (words) => words.role === "assistant" && words.origin !== "role" && overlaps(words, range),
  )?.messageIndex;
  if (messageIndex === undefined) return [];
  const given = headerOf(template, messages.slice(0, messageIndex), tools);
  if (given === undefined || !prompt.text.startsWith(given)) return [];
  const header = prompt.text.slice(range.start, given.length);
  // White space in front of an answer is learnt by some templates, and harms nobody.
  if (header.trim() === "") return [];
  return [{ code: "header-trained", message: `the header of message ${messageIndex} is learnt: ${excerpt(header)}` }];
}

function headerOf(
  template: ChatTemplate,
  messages: Conversation["messages"],
  tools: Conversation["tools"],
): string | undefined {
  try {
    return template.render(messages, { tools, addGenerationPrompt: true }).text;
  } catch (error) {
    if (isPalaverError(error, "ERR_INVALID_ARGUMENT")) return undefined;
    throw error;
  }
}

function endProblem(isCut: boolean, { start, end }: MaskRun, text: string): MaskProblem {
  const where = `tokens ${start} to ${end - 1}, ${excerpt(text.slice(-40))}`;
  return isCut
    ? { code: "answer-cut", message: `the sequence ends within an answer: ${where}` }
    : { code: "end-untrained", message: `no token that ends a turn is learnt in ${where}` };
}
