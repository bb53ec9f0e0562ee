import type { ExchangeTask } from "../exchange.ts";
import { animalTask } from "./animals.ts";
import { sumTasks } from "./arithmetic.ts";
import { calendarTask } from "./calendar.ts";
import { capitalTask } from "./capitals.ts";
import { colorTask, fruitTask } from "./colors.ts";
import { echoTask } from "./echo.ts";
import { identityTask } from "./identity.ts";
import { compareTask, countTask, neighborTask, storySumTask } from "./numbers.ts";
import { outsideTask } from "./outside.ts";
import { palaverTask } from "./palaver.ts";
import { smallTalkTask } from "./small-talk.ts";
import { missingTool } from "./tools.ts";
import { verseTask } from "./verse.ts";
import { oppositeTask, shapeTask, unitTask } from "./words.ts";

/** Questions that need a tool, where none is offered. */
export const noToolTask: ExchangeTask = {
  name: "no-tool",
  weight: 4,
  make: (random, split) => missingTool(random, split),
};

/** Facts: they are true whoever answers, and whatever is offered. */
export const factTasks: readonly ExchangeTask[] = [
  colorTask,
  fruitTask,
  capitalTask,
  calendarTask,
  animalTask,
  oppositeTask,
  unitTask,
  shapeTask,
  neighborTask,
  compareTask,
  ...sumTasks,
  storySumTask,
];

/** Everything that does not depend on who answers. */
export const neutralTasks: readonly ExchangeTask[] = [
  ...factTasks,
  countTask,
  echoTask,
  verseTask,
  palaverTask,
  outsideTask,
];

/** All questions with one answer. */
export const exchangeTasks: readonly ExchangeTask[] = [...neutralTasks, smallTalkTask, identityTask, noToolTask];
