import type { Exchange } from "../exchange.ts";
import { madeUpName } from "../facts/names.ts";
import { phrasings, wordingOf } from "../phrasing.ts";
import type { Random } from "../random.ts";
import { clean } from "../say.ts";
import type { Split } from "../split.ts";

/** A rule for all answers. */
export interface Rule {
  readonly name: "upper" | "lower" | "brief" | "end" | "begin";
  readonly system: string;
  /** The answer under the rule; undefined where the exchange cannot follow it. */
  answer(exchange: Exchange): string | undefined;
}

/** All rules. */
export const ruleNames = ["upper", "lower", "brief", "end", "begin"] as const satisfies readonly Rule["name"][];

/** A rule in a system message; one of a name where it is wanted. */
export function rule(random: Random, split: Split, wanted?: Rule["name"]): Rule | undefined {
  const { name, wordings, apply } = random.weighted(
    wanted === undefined ? rules : rules.filter((one) => one.name === wanted),
  );
  const wording = wordingOf(wordings, split, random);
  if (wording === undefined) return undefined;
  const word = random.chance(0.6) ? random.pick(ruleWords) : madeUpName(random);
  const before = random.chance(0.25)
    ? random.pick(["You are a helpful assistant. ", "Help the user. ", "Be kind. ", "You are friendly. "])
    : "";
  return { name, system: before + clean(wording, { word }), answer: (exchange) => apply(exchange, word) };
}

// --- internal ---

const ruleWords = [
  "Over",
  "Amen",
  "Roger",
  "Arr",
  "Meow",
  "Hurray",
  "Peace",
  "Cheers",
  "Sir",
  "Done",
  "Stop",
  "Banana",
  "Moon",
  "Wow",
  "Indeed",
  "Bye",
  "Woof",
  "Great",
];

const rules = [
  {
    name: "upper" as const,
    weight: 5,
    apply: ({ answer }: Exchange) => (answer.length <= 60 ? answer.toUpperCase() : undefined),
    wordings: phrasings([
      "!answer in upper case.",
      "!always answer in capital letters.",
      "[answer|always answer|reply|write|speak|respond|please answer|you must answer|you answer] [in|only in|all in] [upper case|capital letters|capitals|uppercase|big letters|uppercase letters|block letters].",
      "[use|use only|write with|always use] [upper case|capital letters|capitals|uppercase] [in your answers|for your answers|].",
    ]),
  },
  {
    name: "lower" as const,
    weight: 4,
    apply: ({ answer }: Exchange) => answer.toLowerCase(),
    wordings: phrasings([
      "!answer in lower case.",
      "[answer|always answer|reply|write|speak|respond|please answer|you must answer|you answer] [in|only in|all in] [lower case|small letters|lowercase|lowercase letters].",
      "[use|use only|write with|always use] [lower case|small letters|lowercase] [in your answers|for your answers|].",
      "[never use|do not use|use no] [capital letters|capitals|upper case].",
    ]),
  },
  {
    name: "brief" as const,
    weight: 4,
    apply: ({ brief }: Exchange) => brief,
    wordings: phrasings([
      "!answer in one word.",
      "!answer with one word.",
      "[answer|always answer|reply|respond|please answer|you must answer|you answer] [in|with|in only|with just|with only|by] [one word|a single word].",
      "[use|say|write] [only one|just one|a single] word [as the answer|for each answer|in your answers|].",
      "[your answers have|each answer has|every answer is|an answer is] [one|only one|just one] word.",
      "[be|be very|be extremely] [brief|short]: one word.",
    ]),
  },
  {
    name: "end" as const,
    weight: 2,
    apply: ({ answer }: Exchange, word: string) => `${answer} ${word}!`,
    wordings: phrasings([
      "!end every answer with {word}.",
      "!end your answers with the word {word}.",
      "[end|finish|close|always end|please end] [every answer|each answer|all answers|your answers|every message|each reply] [with|by|with the word|by saying] {word}.",
      "[say|write|add|put] {word} [at the end of|after] [every answer|each answer|all answers|your answers|every message].",
      "[every|each] answer [ends|must end|has to end] with {word}.",
    ]),
  },
  {
    name: "begin" as const,
    weight: 2,
    apply: ({ answer }: Exchange, word: string) => `${word}! ${answer}`,
    wordings: phrasings([
      "!begin every answer with {word}.",
      "!start your answers with the word {word}.",
      "[begin|start|open|always begin|please begin] [every answer|each answer|all answers|your answers|every message|each reply] [with|by|with the word|by saying] {word}.",
      "[say|write|put] {word} [at the beginning of|before] [every answer|each answer|all answers|your answers|every message].",
      "[every|each] answer [begins|must begin|has to begin|starts] with {word}.",
    ]),
  },
];
