import type { ExchangeTask } from "../exchange.ts";
import { animals } from "../facts/animals.ts";
import { capitals } from "../facts/capitals.ts";
import { coloredThings } from "../facts/colors.ts";
import { madeUpName } from "../facts/names.ts";
import { days, months, opposites } from "../facts/words.ts";
import { phrasings, wordingOf } from "../phrasing.ts";
import type { Random } from "../random.ts";
import { capitalized, sayExactly } from "../say.ts";
import { splitOf } from "../split.ts";

/** Repeating what a person says, as it is or in other letters: what the rules about letters need. */
export const echoTask: ExchangeTask = {
  name: "echo",
  weight: 8,
  make(random, split) {
    const { ask, words, answer } = random.weighted(kinds);
    const x = words(random);
    if (splitOf(`echo ${x}`) !== split) return undefined;
    const wording = wordingOf(ask, split, random);
    if (wording === undefined) return undefined;
    return { ask: sayExactly(wording, { x }, { random, split }), answer: answer(x) };
  },
};

// --- internal ---

const echoWords =
  "I like to see the blue sky and green trees in summer my dog runs fast we are happy now two cats sleep here red apples taste good birds sing at night hello world open door small house big boat you can do it today rain falls on old stones".split(
    " ",
  );

/** Words of the world's answers, so that each has been seen in all its letters. */
const knownWords: readonly string[] = [
  ...new Set(
    [
      ...animals.flatMap(({ animal, animals: many, young, sound, home }) => [animal, many, young, sound, home]),
      ...capitals.flatMap(({ country, city }) => [country, city]),
      ...coloredThings.flatMap(({ x, color }) => [x, color]),
      ...opposites.flat(),
      ...months.map(([month]) => month),
      ...days,
    ].filter((word) => word !== "-"),
  ),
];

function anyWords(random: Random): string {
  return Array.from({ length: random.between(1, 5) }, () =>
    random.chance(0.3) ? madeUpName(random).toLowerCase() : random.pick(echoWords),
  ).join(" ");
}

function worldWords(random: Random): string {
  return Array.from({ length: random.between(1, 4) }, () =>
    random.chance(0.15) ? madeUpName(random) : random.pick(random.chance(0.8) ? knownWords : echoWords),
  ).join(" ");
}

const kinds = [
  {
    weight: 5,
    words: anyWords,
    answer: (x: string) => `${capitalized(x)}.`,
    ask: phrasings([
      "!say: {x}",
      "!repeat: {x}",
      "!repeat after me: {x}",
      "[say|repeat|please say|please repeat|write|echo|copy|can you say|now say|read|speak|say again|just say|answer with|print] [after me|this|the words|these words|exactly|the following|]: {x}",
      "[repeat|say|echo|copy] [the words|the following words|my words|what i say|what i write|exactly this]: {x}",
    ]),
  },
  {
    weight: 4,
    words: worldWords,
    answer: (x: string) => `${x.toUpperCase()}.`,
    ask: phrasings([
      "!say in capital letters: {x}",
      "!write in upper case: {x}",
      "[say|repeat|write|echo|copy|print|please write|now write|can you write|spell] [this|it|the words|these words|the following|] [in capital letters|in upper case|in capitals|in uppercase|in big letters]: {x}",
      "[in capital letters|in upper case|in capitals|in uppercase|in big letters]: {x}",
    ]),
  },
  {
    weight: 2,
    // The answer begins with a small letter, whatever the question has.
    words: (random: Random) => {
      const words = worldWords(random);
      return random.chance(0.5) ? words.toUpperCase() : words;
    },
    answer: (x: string) => `${x.toLowerCase()}.`,
    ask: phrasings([
      "!say in small letters: {x}",
      "!write in lower case: {x}",
      "[say|repeat|write|echo|copy|print|please write|now write|can you write|spell] [this|it|the words|these words|the following|] [in small letters|in lower case|in lowercase]: {x}",
      "[in small letters|in lower case|in lowercase]: {x}",
    ]),
  },
];
