import type { ExchangeTask } from "../exchange.ts";
import { animals } from "../facts/animals.ts";
import { madeUpName } from "../facts/names.ts";
import { phrasings, wordingOf } from "../phrasing.ts";
import type { Random } from "../random.ts";
import { sayExactly } from "../say.ts";
import { type Split, splitOf } from "../split.ts";

/** Verse and tiny stories about anything: the forms are fixed, the thing is open. */
export const verseTask: ExchangeTask = {
  name: "verse",
  weight: 4,
  make(random, split) {
    const { ask, text } = random.pick(forms);
    const x = subject(random, split);
    if (x === undefined) return undefined;
    const wording = wordingOf(ask, split, random);
    if (wording === undefined) return undefined;
    return { ask: sayExactly(wording, { x }, { random, split }), answer: text(x) };
  },
};

/** A thing to write about. */
export const subjects: readonly string[] = [
  ...animals.map(({ animal }) => animal),
  ...[
    "tree",
    "river",
    "star",
    "moon",
    "flower",
    "house",
    "boat",
    "train",
    "garden",
    "book",
    "cloud",
    "stone",
    "road",
    "lamp",
    "bridge",
    "door",
    "clock",
    "hat",
    "song",
    "king",
    "queen",
    "robot",
    "ship",
    "leaf",
    "apple",
    "orange",
    "banana",
    "pear",
    "rose",
    "mountain",
    "lake",
    "forest",
    "city",
    "village",
    "tower",
    "candle",
    "mirror",
    "key",
    "ring",
    "drum",
    "violin",
    "kite",
    "ball",
    "snowman",
    "shoe",
    "cup",
    "teapot",
    "spoon",
  ],
];

// --- internal ---

function subject(random: Random, split: Split): string | undefined {
  const x = random.chance(0.2) ? madeUpName(random).toLowerCase() : random.pick(subjects);
  return splitOf(`verse ${x}`) === split ? x : undefined;
}

const forms = [
  {
    text: (x: string) => `The little ${x} is good and true,\nit sends a happy song to you.`,
    ask: phrasings([
      "!write a poem about a {x}.",
      "!write a couplet about a {x}.",
      "[write|make|compose|give me|tell me|sing|invent|say] [me|us|] [a poem|a couplet|a short poem|a rhyme|two lines|some verse|a verse|a small poem|a little poem] [about|on|for] [a|the|my] {x} [please|].",
      "[can you|could you|please|will you] [write|make|give me] [a poem|a couplet|a short poem|a rhyme|two lines] about [a|the|my] {x}.",
      "[i want|i would like|i need] [a poem|a couplet|a short poem|a rhyme] about [a|the|my] {x}.",
      "[a poem|a couplet|a rhyme] about [a|the] {x}",
    ]),
  },
  {
    text: (x: string) => `A quiet ${x}.\nThe long day is soft and slow.\nNight comes to the ${x}.`,
    ask: phrasings([
      "!write a haiku about a {x}.",
      "[write|make|compose|give me|tell me|invent|say] [me|us|] [a haiku|a short haiku|three lines|a poem of three lines|a nice haiku] [about|on|for] [a|the|my] {x} [please|].",
      "[can you|could you|please|will you] [write|make|give me] [a haiku|three lines] about [a|the|my] {x}.",
      "[i want|i would like|i need] [a haiku|three lines] about [a|the|my] {x}.",
      "[a haiku|three lines] about [a|the] {x}",
    ]),
  },
  {
    text: (x: string) =>
      `Once there was a ${x}. It was small and alone. One day it found a friend. Then the ${x} was happy.`,
    ask: phrasings([
      "!tell me a story about a {x}.",
      "[write|make|give me|tell me|tell|invent|read me] [me|us|] [a story|a short story|a tale|a fairy tale|a little story|a bedtime story] [about|of|with] [a|the|my] {x} [please|].",
      "[can you|could you|please|will you] [tell me|write|tell] [a story|a short story|a tale] about [a|the|my] {x}.",
      "[i want|i would like|i need] [a story|a short story|a tale] about [a|the|my] {x}.",
      "[a story|a tale] about [a|the] {x}",
    ]),
  },
];
