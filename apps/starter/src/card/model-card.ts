import { PalaverError } from "@palaver/core";
import { type Evaluation, type ModelResult, percent, type Share } from "../evaluation/evaluation.ts";
import type { RecipeSize } from "../recipe-size.ts";

/** How one stage of the training went. */
export interface StageFigures {
  readonly steps: number;
  /** Tokens read, padding left out. */
  readonly tokens: number;
  readonly minutes: number;
  readonly heldOutLoss: number;
}

/** All that the card says in figures. */
export interface CardFigures {
  readonly parameters: number;
  readonly size: RecipeSize;
  readonly stages: { readonly base: StageFigures; readonly chat: StageFigures };
  readonly evaluation: Evaluation;
}

/** Failures of each task that the card shows. */
const shownFailures = 2;

/** The model card, in Markdown. Its figures are those it is given; its words are here. @throws ERR_INVALID_ARGUMENT */
export function modelCard(figures: CardFigures): string {
  const { base, chat } = figures.evaluation.models;
  if (base === undefined || chat === undefined) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", "the card needs the results of base and chat: evaluate both");
  }
  return [
    head(figures),
    sizes(figures),
    training(figures),
    exam(figures.evaluation.part, base, chat),
    conduct(chat),
    failures(chat),
    limits,
  ].join("\n");
}

// --- internal ---

function head({ parameters }: CardFigures): string {
  return `<!-- Written by \`pnpm --filter @palaver/starter-recipe run ship\`: change the recipe, not this file. -->

# The starter model

A chat model of ${millions(parameters)} million parameters that ships with Palaver. It is made from nothing by
[its recipe](../../apps/starter/README.md): world, tokenizer, base model and chat model, all by code of this repository, with no
data of others. It shows every part of a chat model at a size that anybody can train; it is no assistant for real questions.
`;
}

function sizes({ size, evaluation }: CardFigures): string {
  const { base, chat } = evaluation.models;
  const { speed } = chat!;
  return `## Sizes

A Llama of ${size.layers} layers, width ${size.hidden}, ${size.heads} heads, ${size.kvHeads} of keys and values, feed-forward ${size.ffn},
one table for ${size.vocab} tokens at both ends, context ${size.contextTokens}. Weights have 8 bits in blocks of 32.

| | base | chat |
| --- | --- | --- |
| folder, MB | ${megabytes(base!.bytes)} | ${megabytes(chat!.bytes)} |
| opening, ms | ${base!.speed.loadMs} | ${speed.loadMs} |
| prompt, tokens a second | ${base!.speed.promptTokensPerSecond} | ${speed.promptTokensPerSecond} |
| answer, tokens a second | ${base!.speed.tokensPerSecond} | ${speed.tokensPerSecond} |

Speeds are medians on ${speed.threads} threads of a shared machine (${speed.machine}).
`;
}

function training({ stages: { base, chat } }: CardFigures): string {
  const row = (name: string, stage: StageFigures): string =>
    `| ${name} | ${stage.steps} | ${millions(stage.tokens)} | ${Math.round(stage.minutes)} | ${stage.heldOutLoss.toFixed(3)} |`;
  return `## Training

Generated texts, dialogues and code, each sequence drawn once. The base model learns every token. The chat model learns what the
assistant says and the token that ends its turn: no header, no word of the user, of the system or of a tool. Fresh lessons are drawn
like those learnt, from another seed; what no training data holds is in the exam.

| stage | steps | tokens, millions | minutes | loss, fresh lessons |
| --- | --- | --- | --- | --- |
${row("base", base)}
${row("chat", chat)}

![The loss of both stages over their steps](loss.svg)
`;
}

function exam(part: string, base: ModelResult, chat: ModelResult): string {
  const rows = examined(chat).map(({ task, group, right }) => {
    const before = base.tasks.find((other) => other.task === task && other.group === group);
    return `| ${task} | ${group} | ${right.of} | ${before === undefined ? "-" : percent(before.right)} | ${percent(right)} |`;
  });
  return `## The exam

The ${part} part: wordings, names and combinations that no training data holds. Answered greedily by the shipped form. An answer is
right if it is exactly what is expected; a filled hole is right if the code gives the right values; a question beyond the world is
to be declined. The base model reads the same question as plain text, and continues it.

| task | kind | items | base | chat |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
| **all** | | ${total(chat).of} | ${percent(total(base))} | ${percent(total(chat))} |
`;
}

function conduct(chat: ModelResult): string {
  const { calls, declined } = chat;
  const rows: readonly (readonly [string, Share])[] = [
    ["answers that end by themselves", chat.ended],
    ["tools: the right one is called", calls.name],
    ["tools: with the right arguments", calls.arguments],
    ["tools: the right answer from what the tool gave", calls.answer],
    ["questions beyond its world that it declines", declined.outside],
    ["questions of its world that it declines, which it should not", declined.inside],
    ["holes filled with code that compiles", chat.compiles],
  ];
  return `## Conduct of the chat model

| | items | share |
| --- | --- | --- |
${rows.map(([name, share]) => `| ${name} | ${share.of} | ${percent(share)} |`).join("\n")}
`;
}

function failures(chat: ModelResult): string {
  const tasks = [...new Set(chat.failures.map(({ task }) => task))];
  const rows = tasks.flatMap((task) =>
    chat.failures
      .filter((failure) => failure.task === task)
      .slice(0, shownFailures)
      .map(({ asked, expected, given }) => `| ${task} | ${cell(asked)} | ${cell(expected)} | ${cell(given)} |`),
  );
  return `## What it gets wrong

The first failures of each task that has some.

| task | asked | expected | given |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}

const limits = `## Limits

- English, in the wordings of its world and near to them. It has read nothing else, and knows nothing of the real world that
  its tables do not hold.
- "I don't know" is learnt from examples: it declines too little and too much, as the figures above say.
- It has no safety training beyond that, because it has nothing dangerous to say; do not build on it.
- Sums, dates and the like are recalled patterns and not computed: near misses look as sure as right answers.
`;

/** Questions of the group `inside` are asked to count refusals; whether their answers are right is not looked at. */
function examined({ tasks }: ModelResult): ModelResult["tasks"] {
  return tasks.filter(({ group }) => group !== "inside");
}

function total(result: ModelResult): Share {
  const sum = (key: keyof Share): number => examined(result).reduce((total, { right }) => total + right[key], 0);
  return { count: sum("count"), of: sum("of") };
}

function cell(text: string): string {
  const line = text.replaceAll("\n", " ⏎ ").replaceAll("|", "\\|").trim();
  return line === "" ? "(nothing)" : line;
}

function millions(count: number): string {
  return (count / 1e6).toFixed(1);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
