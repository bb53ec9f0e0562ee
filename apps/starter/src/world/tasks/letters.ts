import type { ExchangeTask } from "../exchange.ts";
import { animals } from "../facts/animals.ts";
import { capitals } from "../facts/capitals.ts";
import { coloredThings } from "../facts/colors.ts";
import { madeUpName } from "../facts/names.ts";
import { days, echoWords, months, opposites } from "../facts/words.ts";
import { phrasings, wordingOf } from "../phrasing.ts";
import type { Random } from "../random.ts";
import { sayExactly } from "../say.ts";
import { splitOf } from "../split.ts";

/**
 * Words in other letters: a drill for the rules about letters, so that each word has been seen in all of its own. It is
 * learnt and not examined: the rules are.
 */
export const lettersDrill: ExchangeTask = {
  name: "letters",
  weight: 1,
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

function worldWords(random: Random): string {
  return Array.from({ length: random.between(1, 4) }, () =>
    random.chance(0.15) ? madeUpName(random) : random.pick(random.chance(0.8) ? knownWords : echoWords),
  ).join(" ");
}

const kinds = [
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
