import type { Model } from "@palaver/core";
import type { ExamItem } from "../world/exam-item.ts";
import { askItem, type ItemResult } from "./ask-item.ts";
import { type ModelResult, shareOf } from "./evaluation.ts";

/** Failures of each task that are kept. */
const keptFailures = 10;

/** Asks a model everything, one question after the other, each in a conversation of its own. */
export async function takeExam(model: Model, items: readonly ExamItem[]): Promise<ModelResult> {
  const results: ItemResult[] = [];
  for (const item of items) {
    const result = await askItem(model, item);
    if (result !== undefined) results.push(result);
  }
  return summarized(results);
}

/** The figures of results. */
export function summarized(results: readonly ItemResult[]): ModelResult {
  const tasks = groupBy(results, ({ item }) => `${item.group} ${item.task}`);
  const called = results.flatMap(({ call }) => call ?? []);
  const declined = (group: ExamItem["group"]): ModelResult["ended"] =>
    shareOf(
      results.filter(({ item }) => item.group === group),
      (result) => result.declined === true,
    );
  return {
    tasks: tasks.map((own) => {
      const { task, group } = own[0]!.item;
      return { task, group, right: shareOf(own, ({ right }) => right) };
    }),
    ended: shareOf(results, ({ ended }) => ended),
    calls: {
      name: shareOf(called, ({ name }) => name),
      arguments: shareOf(called, (call) => call.arguments),
      answer: shareOf(called, ({ answer }) => answer),
    },
    declined: { outside: declined("outside"), inside: declined("inside") },
    compiles: shareOf(
      results.filter(({ compiles }) => compiles !== undefined),
      ({ compiles }) => compiles === true,
    ),
    failures: tasks.flatMap((own) =>
      own
        .filter(({ right }) => !right)
        .slice(0, keptFailures)
        .map(({ item, asked, expected, given }) => ({ id: item.id, task: item.task, asked, expected, given })),
    ),
  };
}

// --- internal ---

/** The items in groups, in the order in which the groups begin. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}
