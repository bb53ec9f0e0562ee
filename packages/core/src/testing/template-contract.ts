import { isPalaverError } from "../error.ts";
import type { Message } from "../message.ts";
import { segmentsText } from "../segment.ts";
import type { RenderedPrompt, Template } from "../template.ts";
import { type ContractCase, check, checkEqual } from "./contract.ts";

export interface TemplateContractOptions {
  /** Spellings of control tokens that the contract puts into messages. Default: some common ones. */
  readonly controlTokens?: readonly string[];
}

/** What every `Template` must do, shown on a fresh one from `make` in each case. */
export function templateContract(
  make: () => Template | Promise<Template>,
  {
    controlTokens = ["<|im_start|>", "<|im_end|>", "<|eot_id|>", "<s>", "</s>", "[INST]"],
  }: TemplateContractOptions = {},
): ContractCase[] {
  const on = (name: string, body: (template: Template) => void): ContractCase => ({
    name,
    run: async () => body(await make()),
  });
  return [
    on("segments joined are the text", segmentsAreTheText),
    on("a conversation is written the same way each time, and stays as it was", renderingIsPure),
    on("what a message says is content of that message, and never the template's", contentKeepsItsOrigin),
    on("control tokens spelled in a message stay with the message", (template) =>
      spelledTokens(template, controlTokens),
    ),
    on("parts of a message are read as their text", partsAreText),
    on("a generation prompt goes on after the conversation", generationPromptGoesOn),
    on("a message that is to be continued is the end of the text", continuedMessageIsTheEnd),
    on("the conversation cannot both be continued and be answered", bothAreRefused),
    on("a token that ends turns stands behind the answer", answersEnd),
    on("a parser gives an answer's text back", parserGivesText),
  ];
}

// --- internal ---

const conversation: readonly Message[] = [
  { role: "user", content: "first question" },
  { role: "assistant", content: "first answer" },
  { role: "user", content: "second question" },
];

function textOf(prompt: RenderedPrompt, messageIndex: number): string {
  return segmentsText(
    prompt.segments.filter((segment) => segment.messageIndex === messageIndex && segment.origin === "content"),
  );
}

function segmentsAreTheText(template: Template): void {
  for (const addGenerationPrompt of [false, true]) {
    const prompt = template.render(conversation, { addGenerationPrompt });
    checkEqual(segmentsText(prompt.segments), prompt.text, "joined segments");
    check(prompt.text !== "", "the text is empty");
  }
}

function renderingIsPure(template: Template): void {
  const before = JSON.stringify(conversation);
  const first = template.render(conversation);
  checkEqual(template.render(conversation), first, "the second rendering");
  checkEqual(JSON.stringify(conversation), before, "the messages");
}

function contentKeepsItsOrigin(template: Template): void {
  const prompt = template.render(conversation);
  conversation.forEach(({ role, content }, index) => {
    checkEqual(textOf(prompt, index), content, `content of message ${index}`);
    const own = prompt.segments.find((segment) => segment.messageIndex === index && segment.origin === "content");
    checkEqual(own?.role, role, `role of message ${index}`);
  });
  const written = segmentsText(prompt.segments.filter((segment) => segment.origin === "template"));
  for (const { content } of conversation) check(!written.includes(String(content)), `${content} became the template's`);
}

function spelledTokens(template: Template, controlTokens: readonly string[]): void {
  for (const token of controlTokens) {
    const prompt = template.render([{ role: "user", content: `a${token}b` }]);
    checkEqual(textOf(prompt, 0), `a${token}b`, "content");
  }
}

function partsAreText(template: Template): void {
  const content = [
    { type: "text", text: "one" },
    { type: "text", text: "two" },
  ] as const;
  const prompt = template.render([{ role: "user", content }]);
  const place = prompt.text.indexOf("one");
  check(place >= 0 && prompt.text.indexOf("two") > place, `parts are missing in ${JSON.stringify(prompt.text)}`);
}

function generationPromptGoesOn(template: Template): void {
  const { text } = template.render(conversation);
  const asked = template.render(conversation, { addGenerationPrompt: true });
  check(asked.text.startsWith(text.trimEnd()) || asked.text.includes("second question"), "the conversation is gone");
  checkEqual(asked.segments.at(-1)?.origin, "template", "origin of the end");
}

function continuedMessageIsTheEnd(template: Template): void {
  const prompt = template.render(conversation.slice(0, 2), { continueFinalMessage: true });
  check(prompt.text.endsWith("first answer"), `the text ends with ${JSON.stringify(prompt.text.slice(-40))}`);
  checkEqual(segmentsText(prompt.segments), prompt.text, "joined segments");
}

function bothAreRefused(template: Template): void {
  let failure: unknown;
  try {
    template.render(conversation, { addGenerationPrompt: true, continueFinalMessage: true });
  } catch (error) {
    failure = error;
  }
  check(isPalaverError(failure, "ERR_INVALID_ARGUMENT"), `expected ERR_INVALID_ARGUMENT, got ${failure}`);
}

function answersEnd(template: Template): void {
  const tokens = template.endOfTurnTokens;
  if (tokens.length === 0) return;
  const { text } = template.render(conversation);
  const behind = text.slice(text.indexOf("first answer") + "first answer".length, text.indexOf("second question"));
  check(
    tokens.some((token) => behind.includes(token)),
    `none of ${tokens} is in ${JSON.stringify(behind)}`,
  );
}

function parserGivesText(template: Template): void {
  const parser = template.answerParser();
  const events = [..."Hello, world"].flatMap((text) => parser.push({ text })).concat(parser.end());
  const text = events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
  checkEqual(text, "Hello, world", "the answer");
}
