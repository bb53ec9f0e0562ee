import type { Exchange, ExchangeTask } from "../exchange.ts";
import { madeUpName } from "../facts/names.ts";
import { type OutsideKind, outsideNames } from "../facts/outside-names.ts";
import { outsideFixed, outsideRequests } from "../facts/outside-requests.ts";
import { nearQuestions, nearWords, wideNames, wideNouns, wideQuestions, wideVerbs } from "../facts/outside-wide.ts";
import { outsideQuestions } from "../facts/outside-wordings.ts";
import { type Phrasings, phrasings, wordingOf } from "../phrasing.ts";
import type { Random } from "../random.ts";
import { say } from "../say.ts";
import { type Split, splitOf } from "../split.ts";

/** What the model says to a question outside its world. */
export const unknownAnswer = "I don't know that. I am a small model.";
/** What the model says to a request that it cannot do. */
const unableAnswer = "I can't do that. I am a small model.";

/** Everything that the model does not know or cannot do. */
export const outsideTask: ExchangeTask = {
  name: "outside",
  weight: 14,
  make(random, split) {
    if (random.chance(0.38)) return unlisted(random, split);
    const { ask, kind, answer } = random.weighted(sources);
    const wording = wordingOf(ask, split, random);
    if (wording === undefined) return undefined;
    return { ask: say(wording, valuesOf(kind, random, split), { random, split }), answer };
  },
};

// --- internal ---

interface Source {
  readonly weight: number;
  readonly ask: Phrasings;
  readonly kind: OutsideKind | "word" | "none";
  readonly answer: string;
}

const sources: readonly Source[] = [
  ...sourcesOf(outsideQuestions, unknownAnswer),
  ...sourcesOf(outsideRequests, unableAnswer),
  ...sourcesOf({ none: outsideFixed }, unknownAnswer),
];

const near = nearQuestions.map(([kind, lines]) => ({ kind, weight: lines.length, ask: phrasings(lines) }));
const wide = phrasings(wideQuestions);

/** Questions about real words that nobody listed by what they are. */
function unlisted(random: Random, split: Split): Exchange | undefined {
  const isNear = random.chance(0.4);
  const { ask, kind } = isNear ? random.weighted(near) : { ask: wide, kind: undefined };
  const wording = wordingOf(ask, split, random);
  if (wording === undefined) return undefined;
  const values: Record<string, string> =
    kind !== undefined
      ? { x: held(nearWords[kind], random, split) }
      : {
          n: held(wideNouns, random, split),
          m: random.pick(wideNouns),
          v: random.pick(wideVerbs),
          p: held(wideNames, random, split),
          p2: random.pick(wideNames),
        };
  return {
    ask: say(wording, values, { random, split }).replace(/\b([Aa]) (?=[aeiou])/g, "$1n "),
    answer: unknownAnswer,
  };
}

function sourcesOf(lines: Partial<Readonly<Record<Source["kind"], readonly string[]>>>, answer: string): Source[] {
  return Object.entries(lines)
    .filter(([, list]) => list.length > 0)
    .map(([kind, list]) => ({
      kind: kind as Source["kind"],
      weight: Math.sqrt(list.length) + (kind === "none" || kind === "word" ? 4 : 0),
      ask: phrasings(list),
      answer,
    }));
}

function valuesOf(kind: Source["kind"], random: Random, split: Split): Readonly<Record<string, string>> {
  if (kind === "none") return {};
  if (kind === "word") return { w: madeUpWord(random, split), w2: madeUpWord(random, split) };
  const x = held(outsideNames[kind], random, split);
  return { x, y: held(outsideNames[kind], random, split) };
}

function held(list: readonly string[], random: Random, split: Split): string {
  const names = list.filter((name) => splitOf(`outside ${name}`) === split);
  return random.pick(names.length > 0 ? names : list);
}

function madeUpWord(random: Random, split: Split): string {
  for (;;) {
    const word = madeUpName(random);
    if (splitOf(`word ${word}`) === split) return random.chance(0.5) ? word : word.toLowerCase();
  }
}
