import type { Message } from "@palaver/core";
import { turn } from "../dialogue.ts";
import { animals } from "../facts/animals.ts";
import { capitals } from "../facts/capitals.ts";
import { coloredThings, colors } from "../facts/colors.ts";
import { madeUpName, nameOf } from "../facts/names.ts";
import { filled, type Phrasings, phrasings, wordingOf } from "../phrasing.ts";
import type { Random } from "../random.ts";
import { capitalized, sayExactly } from "../say.ts";
import { type Split, splitOf } from "../split.ts";

/** Something that a person tells and asks for later. */
interface Memory {
  readonly key: string;
  readonly value: (random: Random, split: Split) => string;
  readonly tell: Phrasings;
  readonly told: string;
  readonly ask: Phrasings;
  readonly answer: string;
  /** What is said where nobody told it. */
  readonly unknown: string;
}

/** What was told, and the two turns: telling, and asking later. */
interface MemoryTurns {
  readonly key: string;
  readonly tell: readonly Message[];
  readonly ask: readonly Message[];
  /** Asking when nothing was told. */
  readonly untold: readonly Message[];
}

/** A thing to remember, of a split; undefined where this draw has no wording: draw again. */
export function memoryTurns(random: Random, split: Split, taken: readonly string[] = []): MemoryTurns | undefined {
  const memory = random.pick(memories);
  if (taken.includes(memory.key)) return undefined;
  const value = memory.value(random, split);
  if (splitOf(`${memory.key} ${value}`) !== split) return undefined;
  const tell = wordingOf(memory.tell, split, random);
  const ask = wordingOf(memory.ask, split, random);
  if (tell === undefined || ask === undefined) return undefined;
  const values = { x: value };
  const question = sayExactly(ask, values, { random, split });
  return {
    key: memory.key,
    tell: turn(sayExactly(tell, values, { random, split }), capitalized(filled(memory.told, values))),
    ask: turn(question, filled(memory.answer, values)),
    untold: turn(question, memory.unknown),
  };
}

// --- internal ---

const askFor = (what: string, extra: readonly string[] = []): Phrasings =>
  phrasings([
    `!what is ${what}`,
    `[what is|what's|whats|what was|now, what is] ${what} [again|now|please|]`,
    `[do you|can you|did you] [remember|still know|know|recall] ${what}`,
    `[tell me|say|repeat|name] ${what} [again|please|].`,
    `[do you remember|can you tell me|tell me|say|do you know|i forgot] what ${what} is`,
    `[what did i say|what did i tell you] ${what} [is|was]`,
    `i [forgot|forget|do not remember] ${what}. what is it`,
    `and ${what}`,
    ...extra,
  ]);

const person = (key: string, who: string, extra: readonly string[] = []): Memory => ({
  key,
  value: nameOf,
  tell: phrasings([
    `!my ${who} is called {x}.`,
    `!my ${who}'s name is {x}.`,
    `[the name of my|my] ${who} [is called|is named|has the name|goes by the name] {x}.`,
    `i have a ${who} [named|called|with the name|whose name is] {x}.`,
    `[this is my|meet my|here is my|remember: my|note: my|you should know that my] ${who} {x}.`,
    `{x} is [my ${who}|the name of my ${who}].`,
  ]),
  told: `{x} is a nice name for your ${who}.`,
  ask: askFor(`the name of my ${who}`, [
    `![what is|what's|whats] my ${who}'s name`,
    `how is my ${who} called`,
    `who is my ${who}`,
    ...extra,
  ]),
  answer: `Your ${who} is called {x}.`,
  unknown: `You have not told me about your ${who}.`,
});

const memories: readonly Memory[] = [
  ...Array.from(
    { length: 4 },
    (): Memory => ({
      key: "name",
      value: nameOf,
      tell: phrasings(
        [
          "!my name is {x}.",
          "!i am {x}.",
          "!i'm {x}.",
          "!call me {x}.",
          "!hello, my name is {x}.",
          "!hi, i am {x}.",
          "[hello|hi|hey|good morning|good day|good evening|ok|well|so|by the way], [my name is|i am|i'm|call me|the name is|people call me|you can call me|this is|they call me|my friends call me|please call me] {x} [here|]. ",
          "[remember|note|please remember|please note|do not forget|keep in mind]: [my name is|i am|i am called] {x}.",
          "[i am called|i go by|people know me as|i was named|my first name is|it is me,|you are talking to|you talk to|{x} is my name, not] {x}.",
        ].map((line) => line.replace("{x} is my name, not", "my parents named me")),
      ),
      told: "Nice to meet you, {x}!",
      ask: askFor("my name", [
        "!who am i",
        "[how|what] am i called",
        "who am i [again|]",
        "who are you talking to",
        "who is [talking to|speaking with|writing to] you",
        "how [should|do|would] you call me",
        "what [should|do|would] you call me",
      ]),
      answer: "Your name is {x}.",
      unknown: "You have not told me your name.",
    }),
  ),
  person("cat", "cat"),
  person("dog", "dog"),
  person("brother", "brother"),
  person("sister", "sister"),
  person("friend", "friend"),
  person("teacher", "teacher"),
  person("horse", "horse"),
  person("boat", "boat"),
  person("mother", "mother"),
  person("daughter", "daughter"),
  {
    key: "town",
    value: (random, split) => (random.chance(0.4) ? random.pick(capitals).city : madeUpOf(random, split)),
    tell: phrasings([
      "!i live in {x}.",
      "!i come from {x}.",
      "[i live in|my home is in|my home town is|i am living in|i have a house in|i come from|i am from|my town is|my city is] {x} [now|].",
      "[remember|note|by the way|you should know]: i live in {x}.",
    ]),
    told: "I hope that you like {x}.",
    ask: askFor("my home town", [
      "!where do i live",
      "where [is my home|am i from|do i come from|am i at home]",
      "in [which|what] [city|town|place] do i live",
      "[which|what] [city|town] do i live in",
      "[do you remember|tell me|do you know] where i live",
    ]),
    answer: "You live in {x}.",
    unknown: "You have not told me where you live.",
  },
  {
    key: "age",
    value: (random) => String(random.between(5, 99)),
    tell: phrasings([
      "!i am {x} years old.",
      "[i am|i'm|my age is|i turned|i just turned|today i turn|i will soon be] {x} [years old|years old now|years of age].",
      "[remember|note|by the way|you should know]: i am {x} years old.",
    ]),
    told: "{x} is a good age.",
    ask: askFor("my age", [
      "!how old am i",
      "how old [am i|am i now|did i say i am|do you think i am]",
      "how many years old am i",
      "[do you remember|tell me|do you know] how old i am",
    ]),
    answer: "You are {x} years old.",
    unknown: "You have not told me your age.",
  },
  {
    key: "color",
    value: (random) =>
      random.pick([...colors, "gold", "silver", "violet", "turquoise", "beige", "olive", "crimson", "indigo"]),
    tell: phrasings([
      "!my favorite color is {x}.",
      "!my favourite colour is {x}.",
      "[the color i like best is|the colour i love is|i like the color|i love the color|my best color is|the nicest color is] {x}.",
      "[remember|note|by the way|you should know]: my favorite color is {x}.",
    ]),
    told: "{x} is a nice color.",
    ask: askFor("my favorite color", [
      "!what is my favourite colour",
      "[which|what] [color|colour] do i [like|love|like best|like most|prefer]",
      "what color is my favorite",
    ]),
    answer: "Your favorite color is {x}.",
    unknown: "You have not told me your favorite color.",
  },
  {
    key: "thing",
    value: (random) => random.pick(likedThings),
    tell: phrasings([
      "!i like {x}.",
      "!i love {x}.",
      "[i like|i love|i am fond of|i really like|i am a fan of|i enjoy|my favorite thing is|i like nothing more than] {x} [very much|most of all|].",
      "[remember|note|by the way|you should know]: i like {x}.",
    ]),
    told: "I will remember that you like {x}.",
    ask: askFor("my favorite thing", [
      "!what do i like",
      "what do i [like|love|enjoy|like most|like best]",
      "[do you remember|tell me|do you know|say] what i like",
      "what am i [fond of|a fan of]",
    ]),
    answer: "You like {x}.",
    unknown: "You have not told me what you like.",
  },
  {
    key: "secret",
    value: (random, split) =>
      random.chance(0.5) ? madeUpOf(random, split).toLowerCase() : String(random.between(100, 9999)),
    tell: phrasings([
      "!the secret word is {x}.",
      "!the code is {x}.",
      "!remember the word {x}.",
      "[the secret word|the code|the password|the magic word|the code word|my code|the key|my secret] is {x}.",
      "[remember|note|please remember|keep|keep in mind|store|do not forget] the [word|code|secret word|password|code word|key]: {x}.",
      "[remember|please remember|keep in mind|do not forget] {x}.",
    ]),
    told: "I will remember {x}.",
    ask: askFor("the [secret word|code|password|word|code word|magic word|key]", [
      "what [should|did] you remember",
      "what did i [ask|tell] you to remember",
      "[which|what] word did i [say|give you]",
    ]),
    answer: "It is {x}.",
    unknown: "You have not told me that.",
  },
  {
    key: "buy",
    value: (random) => `${random.between(2, 99)} ${random.pick(likedThings)}`,
    tell: phrasings([
      "!i have {x}.",
      "!i bought {x}.",
      "[i have|i bought|i own|i got|i need|there are|in my bag there are|on my table there are|i must buy|my list says] {x} [today|].",
    ]),
    told: "{x}, I will remember that.",
    ask: phrasings([
      "!what do i have",
      "what [do i have|did i buy|do i own|did i get|do i need|is on my list|was it that i have|must i buy] [again|]",
      "[tell me|say|repeat] what i [have|bought|need|own].",
    ]),
    answer: "You said {x}.",
    unknown: "You have not told me that.",
  },
];

const likedThings: readonly string[] = [
  ...coloredThings.filter(({ is }) => is === "are").map(({ x }) => x),
  ...animals.map((animal) => animal.animals),
  ...[
    "books",
    "songs",
    "films",
    "games",
    "cars",
    "trains",
    "boats",
    "planes",
    "flowers",
    "trees",
    "cakes",
    "cookies",
    "pancakes",
    "noodles",
    "hats",
    "shoes",
    "puzzles",
    "stars",
    "maps",
    "robots",
    "bikes",
    "kites",
    "drums",
    "poems",
    "stories",
    "clocks",
  ],
];

function madeUpOf(random: Random, split: Split): string {
  for (;;) {
    const name = madeUpName(random);
    if (splitOf(`name ${name}`) === split) return name;
  }
}
