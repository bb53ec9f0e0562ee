import type { Message } from "@palaver/core";
import { type Dialogue, turn } from "./dialogue.ts";
import { type Exchange, type ExchangeTask, exchangeOf } from "./exchange.ts";
import { phrasings, wordingOf } from "./phrasing.ts";
import type { Random } from "./random.ts";
import { clean } from "./say.ts";
import type { Split } from "./split.ts";
import { exchangeTasks, factTasks, neutralTasks } from "./tasks/all-tasks.ts";
import { followUp } from "./tasks/follow-up.ts";
import { identityTask } from "./tasks/identity.ts";
import { lettersDrill } from "./tasks/letters.ts";
import { memoryTurns } from "./tasks/memory.ts";
import { outsideTask } from "./tasks/outside.ts";
import { persona } from "./tasks/persona.ts";
import { type Rule, rule } from "./tasks/rules.ts";
import { smallTalkTask } from "./tasks/small-talk.ts";
import { toolDialogue } from "./tasks/tools.ts";

/** Kinds of dialogues with their shares. */
const kinds: readonly { readonly weight: number; readonly make: (random: Random, split: Split) => Dialogue }[] = [
  { weight: 23, make: single },
  { weight: 16, make: mixed },
  { weight: 3, make: drilled },
  { weight: 9, make: remembered },
  { weight: 4, make: followed },
  { weight: 9, make: played },
  { weight: 25, make: (random, split) => ruled(random, split) },
  { weight: 15, make: withTools },
];

/** A dialogue of all tasks by their weights. */
export function anyDialogue(random: Random, split: Split): Dialogue {
  return random.weighted(kinds).make(random, split);
}

/** One question, sometimes under a system message that changes nothing. */
export function single(random: Random, split: Split): Dialogue {
  const task = random.weighted(exchangeTasks);
  const { ask, answer } = exchangeOf(task, random, split);
  return { task: task.name, messages: [...plainSystem(random, split), ...turn(ask, answer)] };
}

/** What is learnt for the sake of something else. */
function drilled(random: Random, split: Split): Dialogue {
  const { ask, answer } = exchangeOf(lettersDrill, random, split);
  return { task: lettersDrill.name, messages: turn(ask, answer) };
}

/** Something told, other questions, and the question for what was told. */
export function remembered(random: Random, split: Split): Dialogue {
  const memory = found(() => memoryTurns(random, split));
  const between = (): readonly Message[] =>
    exchanges(random, split, { tasks: neutralTasks, count: random.pick([0, 0, 1, 1, 2]) });
  if (random.chance(0.12)) return { task: "memory", messages: [...memory.untold] };
  if (random.chance(0.35)) {
    const other = found(() => memoryTurns(random, split, [memory.key]));
    const asked = random.chance(0.5) ? [memory.ask, other.ask] : [other.ask, memory.ask];
    return { task: "memory", messages: [...memory.tell, ...between(), ...other.tell, ...asked[0]!, ...asked[1]!] };
  }
  return { task: "memory", messages: [...plainSystem(random, split), ...memory.tell, ...between(), ...memory.ask] };
}

/** A question and short ones after it. */
export function followed(random: Random, split: Split): Dialogue {
  return { task: "follow-up", messages: found(() => followUp(random, split)) };
}

/** Somebody else answers. */
export function played(random: Random, split: Split): Dialogue {
  const person = found(() => persona(random, split));
  const messages: Message[] = [{ role: "system", content: person.system }];
  for (let left = random.pick([1, 1, 2, 3]); left > 0; left--) {
    if (left === 1 || random.chance(0.5)) messages.push(...found(() => person.ask(random)));
    else messages.push(...exchanges(random, split, { tasks: neutralTasks, count: 1 }));
  }
  if (random.chance(0.3)) messages.push(...exchanges(random, split, { tasks: neutralTasks, count: 1 }));
  return { task: "persona", messages };
}

/** A rule of the system message changes all answers. */
export function ruled(random: Random, split: Split, wanted?: Rule["name"]): Dialogue {
  const { name, system, answer } = found(() => rule(random, split, wanted));
  const tasks = name === "brief" ? factTasks : [...factTasks, smallTalkTask, identityTask, outsideTask];
  const messages: Message[] = [{ role: "system", content: system }];
  for (let left = random.pick([1, 1, 2, 3]); left > 0; left--) {
    const [ask, text] = found(() => {
      const exchange: Exchange = exchangeOf(random.weighted(tasks), random, split);
      const changed = answer(exchange);
      return changed === undefined ? undefined : ([exchange.ask, changed] as const);
    });
    messages.push(...turn(ask, text));
  }
  return { task: `rule-${name}`, messages };
}

/** Tools are offered. */
function withTools(random: Random, split: Split): Dialogue {
  const dialogue = toolDialogue(random, split, () => exchanges(random, split, { tasks: neutralTasks, count: 1 }));
  return random.chance(0.2)
    ? { ...dialogue, messages: [...plainSystem(random, split, 1), ...dialogue.messages] }
    : dialogue;
}

// --- internal ---

/** Several questions in a row, of any tasks. */
function mixed(random: Random, split: Split): Dialogue {
  const system = plainSystem(random, split);
  const messages = exchanges(random, split, { tasks: exchangeTasks, count: random.between(2, 6) });
  return { task: "mixed", messages: [...system, ...messages] };
}

function exchanges(
  random: Random,
  split: Split,
  { tasks, count }: { readonly tasks: readonly ExchangeTask[]; readonly count: number },
): readonly Message[] {
  return Array.from({ length: count }, () => {
    const { ask, answer } = exchangeOf(random.weighted(tasks), random, split);
    return turn(ask, answer);
  }).flat();
}

const plain = phrasings([
  "!you are a helpful assistant.",
  "!you are Palaver Starter.",
  "[you are|be|act as] [a|a very|a really] [helpful|friendly|kind|polite|nice|good|honest] [assistant|helper|chatbot|model].",
  "[help|assist|support] the [user|person|people].",
  "[answer|reply to] the [questions of the user|user's questions|questions|user] [kindly|well|politely|in short sentences|].",
  "[you help people|you answer questions|be friendly|be helpful|be honest|this is a chat|a chat with a person|the user asks and you answer].",
]);

/** A system message that changes nothing, in some dialogues. */
function plainSystem(random: Random, split: Split, share = 0.18): readonly Message[] {
  if (!random.chance(share)) return [];
  const wording = wordingOf(plain, split, random);
  return wording === undefined ? [] : [{ role: "system", content: clean(wording, {}) }];
}

function found<T>(draw: () => T | undefined): T {
  for (;;) {
    const drawn = draw();
    if (drawn !== undefined) return drawn;
  }
}
