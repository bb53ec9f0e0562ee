import type { AssistantMessage, Message } from "@palaver/core";
import { contentText } from "@palaver/core";
import { hole } from "./code/holes.ts";
import { type Dialogue, turn } from "./dialogue.ts";
import {
  type AnswerItem,
  type ExamItem,
  type ExpectedCall,
  type FimItem,
  isRefusal,
  type ToolItem,
} from "./exam-item.ts";
import { type ExchangeTask, exchangeOf } from "./exchange.ts";
import { freeInside, freeOutside } from "./facts/free-questions.ts";
import { followed, played, remembered, ruled, single } from "./mixture.ts";
import { createRandom, type Random } from "./random.ts";
import { type ExamPart, normalized } from "./split.ts";
import { exchangeTasks, factTasks, noToolTask } from "./tasks/all-tasks.ts";
import { outsideTask, unknownAnswer } from "./tasks/outside.ts";
import { ruleNames } from "./tasks/rules.ts";
import { toolKinds } from "./tasks/tool-kinds.ts";
import { missingTool, offer } from "./tasks/tools.ts";

/** Items of each closed task. */
const closedCount = 32;
const rememberedCount = 48;
const outsideCount = 200;
const insideCount = 200;
/** Calls of each kind of tool; then questions that need no tool, and such whose tool is missing. */
const callCount = 34;
const idleCount = 20;
const missingCount = 12;
const fimCount = 80;

/** An exam; it is the same whenever it is asked for. The streams never hold one of its questions. */
export function examOf(part: ExamPart): readonly ExamItem[] {
  exams[part] ??= written(part);
  return exams[part];
}

// --- internal ---

const exams: Partial<Record<ExamPart, readonly ExamItem[]>> = {};

/** Seeds that nothing else uses. */
const seeds = { development: 700_001, test: 700_002 };

function written(part: ExamPart): readonly ExamItem[] {
  const random = createRandom(seeds[part]);
  const items = [
    ...closedItems(random, part),
    ...toolItems(random, part),
    ...outsideItems(random, part),
    ...insideItems(random, part),
    ...fimItems(random, part),
  ];
  return items.map((item, index) => ({ ...item, id: `${part}-${item.task}-${index}` }));
}

type Unnamed<T> = T extends ExamItem ? Omit<T, "id"> & { id: "" } : never;

function closedItems(random: Random, part: ExamPart): Unnamed<AnswerItem>[] {
  const tasks = exchangeTasks.filter((task) => task !== outsideTask);
  const rules = ruleNames.map((name) => [`rule-${name}`, (): Dialogue => ruled(random, part, name)] as const);
  const talks = [
    ["memory", (): Dialogue => remembered(random, part)],
    ["follow-up", (): Dialogue => followed(random, part)],
    ["persona", (): Dialogue => played(random, part)],
    ...rules,
  ] as const;
  return [
    ...tasks.flatMap((task) => distinct(closedCount, () => answerItem(questionOf(task, random, part), "closed"))),
    ...talks.flatMap(([task, make]) =>
      distinct(task === "memory" ? rememberedCount : closedCount, () => answerItem({ ...make(), task }, "closed")),
    ),
  ];
}

/** Held-out wordings of one's own kind, and questions that were written for the exam alone. */
function outsideItems(random: Random, part: ExamPart): Unnamed<AnswerItem>[] {
  const free = freeOutside[part].map((ask) =>
    answerItem({ task: "outside-free", messages: turn(ask, unknownAnswer) }, "outside"),
  );
  const drawn = distinct(outsideCount - free.length, () =>
    answerItem(questionOf(outsideTask, random, part), "outside"),
  );
  return [...drawn, ...free];
}

function insideItems(random: Random, part: ExamPart): Unnamed<AnswerItem>[] {
  const free = freeInside[part].map(([ask, answer]) =>
    answerItem({ task: "inside-free", messages: turn(ask, answer) }, "inside"),
  );
  const drawn = distinct(insideCount - free.length, () => {
    const dialogue = single(random, part);
    return isInside(dialogue.task) ? answerItem(dialogue, "inside") : undefined;
  });
  return [...drawn, ...free];
}

function isInside(task: string): boolean {
  return task !== outsideTask.name && task !== noToolTask.name;
}

function toolItems(random: Random, part: ExamPart): Unnamed<ToolItem>[] {
  const calls = toolKinds.flatMap((kind) =>
    distinct(callCount, () => {
      const offered = offer(random, part);
      const use = offered.use(random);
      if (use?.kind !== kind) return undefined;
      const before = random.chance(0.2) ? exchangeOf(random.weighted(factTasks), random, part) : undefined;
      const messages = [...(before ? turn(before.ask, before.answer) : []), asked(use.ask)];
      const call = { name: use.tool.name, arguments: use.arguments };
      return toolItem(
        `tool-${kind.name}`,
        { messages, tools: offered.tools },
        { calls: [call], result: use.result, answers: [use.answer] },
      );
    }),
  );
  const idle = distinct(idleCount, () => {
    const { ask, answer } = exchangeOf(random.weighted(factTasks), random, part);
    return toolItem(
      "tool-idle",
      { messages: [asked(ask)], tools: offer(random, part).tools },
      { calls: [], answers: [answer] },
    );
  });
  const missing = distinct(missingCount, () => {
    const kind = random.pick(toolKinds);
    const tools = toolKinds.filter((other) => other !== kind).slice(0, random.between(1, 2));
    const found = missingTool(random, part, [kind]);
    if (found === undefined) return undefined;
    const definitions = tools.map((other) => other.define(random, part));
    return toolItem(
      "tool-missing",
      { messages: [asked(found.ask)], tools: definitions },
      { calls: [], answers: [found.answer] },
    );
  });
  return [...calls, ...idle, ...missing];
}

function toolItem(
  task: string,
  given: Pick<ToolItem, "messages" | "tools">,
  expected: ToolItem["expected"],
): Unnamed<ToolItem> {
  return {
    id: "",
    task,
    group: "tools",
    ...given,
    expected,
    grade: ({ calls, text }) => isSame(calls, expected.calls) && expected.answers.includes(text.trim()),
  };
}

function fimItems(random: Random, part: ExamPart): Unnamed<FimItem>[] {
  const seen = new Set<string>();
  const items: Unnamed<FimItem>[] = [];
  while (items.length < fimCount) {
    const { task, prefix, middle, suffix, test } = hole(random, part);
    if (seen.has(`${prefix}\n${suffix}`)) continue;
    seen.add(`${prefix}\n${suffix}`);
    items.push({
      id: "",
      task,
      group: "fim",
      prefix,
      suffix,
      expected: { middle, test },
      grade: (value) => value === true,
    });
  }
  return items;
}

function questionOf(task: ExchangeTask, random: Random, part: ExamPart): Dialogue {
  const { ask, answer } = exchangeOf(task, random, part);
  return { task: task.name, messages: turn(ask, answer) };
}

/** The conversation without its last answer, which is what is expected. */
function answerItem({ task, messages }: Dialogue, group: AnswerItem["group"]): Unnamed<AnswerItem> {
  const last = messages.at(-1) as AssistantMessage;
  const expected = [contentText(last.content)];
  const grades = {
    closed: (answer: string) => expected.includes(answer.trim()),
    outside: isRefusal,
    inside: (answer: string) => answer.trim() !== "" && !isRefusal(answer),
  };
  return { id: "", task, group, messages: messages.slice(0, -1), expected, grade: grades[group] };
}

/** So many items, no two of which are the same conversation. */
function distinct<T extends { readonly messages: readonly Message[] }>(count: number, draw: () => T | undefined): T[] {
  const items = new Map<string, T>();
  // A task with few held-out wordings must fail here and not run for ever.
  for (let tries = 0; items.size < count; tries++) {
    if (tries > 2000 * count) break;
    const item = draw();
    if (item === undefined) continue;
    items.set(item.messages.map(({ content }) => normalized(contentText(content))).join("\n"), item);
  }
  return [...items.values()];
}

function asked(content: string): Message {
  return { role: "user", content };
}

/** Whether calls are the expected ones; the order of arguments does not count. */
function isSame(calls: readonly ExpectedCall[], expected: readonly ExpectedCall[]): boolean {
  const canonical = ({ name, arguments: values }: ExpectedCall): string =>
    JSON.stringify([name, Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))]);
  return calls.map(canonical).join("\n") === expected.map(canonical).join("\n");
}
