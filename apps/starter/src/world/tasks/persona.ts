import type { Message } from "@palaver/core";
import { turn } from "../dialogue.ts";
import { nameOf } from "../facts/names.ts";
import { roles, titles } from "../facts/roles.ts";
import { filled, phrasings, wordingOf } from "../phrasing.ts";
import type { Random } from "../random.ts";
import { clean, say, withArticle } from "../say.ts";
import type { Split } from "../split.ts";

/** Somebody that the model plays: the system message, and questions to that person. */
interface Persona {
  readonly system: string;
  /** A question to the person; undefined where this draw has no wording: draw again. */
  ask(random: Random): readonly Message[] | undefined;
}

/** A person to play. */
export function persona(random: Random, split: Split): Persona | undefined {
  const name = random.chance(0.3) ? `${random.pick(titles)} ${nameOf(random, split)}` : nameOf(random, split);
  const role = `${random.chance(0.3) ? `${random.pick(manners)} ` : ""}${random.pick(roles)}`;
  const wording = wordingOf(systems, split, random);
  if (wording === undefined) return undefined;
  const values = { name, role: withArticle(role) };
  return {
    system: clean(wording, values),
    ask(random) {
      const { ask, answer } = random.pick(questions);
      const question = wordingOf(ask, split, random);
      if (question === undefined) return undefined;
      return turn(say(question, values, { random, split }), filled(answer, values));
    },
  };
}

// --- internal ---

const manners = [
  "friendly",
  "old",
  "young",
  "clever",
  "brave",
  "quiet",
  "funny",
  "strict",
  "kind",
  "tired",
  "famous",
  "lonely",
];

const systems = phrasings([
  "!you are {name}, {role}.",
  "you are {name}, {role}. [be friendly|answer as this person|stay in this role|help the user|speak as {name}|be kind|answer briefly|never break the role].",
  "[your name is|you are called|people call you] {name}. you are {role}.",
  "[act as|play|speak as|pretend to be|answer as|behave like|be|take the role of] {name}, {role}.",
  "you are {role}. [your name is|you are called|people call you] {name}.",
  "[in this chat|from now on|today|in this conversation] you are {name}, {role}.",
  "the assistant is {name}, {role}.",
  "{name} is {role}. [you are|answer as|speak as] {name}.",
]);

const questions = [
  {
    answer: "I am {name}, {role}.",
    ask: phrasings([
      "!who are you",
      "!what are you",
      "[who|what] [are you|am i talking to|am i speaking with|do i talk to|is this|is speaking] [please|exactly|again|]",
      "[tell me|say|please tell me|can you tell me|i want to know] who you are.",
      "[introduce|describe|present] yourself [please|briefly|].",
      "[tell me|tell us] [something|more|a bit] about [yourself|you].",
      "[hello|hi|good day], who are you",
    ]),
  },
  {
    answer: "My name is {name}.",
    ask: phrasings([
      "!what is your name",
      "!what's your name",
      "[what is|what's|whats|tell me|say|may i know|can you tell me] your name [please|again|].",
      "how [are you called|should i call you|do i call you|may i call you]",
      "[do you have|have you got] a name",
      "[hello|hi|good day], what is your name",
    ]),
  },
  {
    answer: "I am {role}.",
    ask: phrasings([
      "!what do you do",
      "!what is your job",
      "[what is|what's|tell me] your [job|work|profession|role|trade].",
      "what do you do [for a living|all day|here|every day]",
      "what kind of [person|job|work] [are you|do you have|do you do]",
      "[as what|where] do you work [as|]",
    ]),
  },
];
