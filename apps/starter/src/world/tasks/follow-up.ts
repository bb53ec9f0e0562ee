import type { Message } from "@palaver/core";
import { turn } from "../dialogue.ts";
import { animals } from "../facts/animals.ts";
import { capitals } from "../facts/capitals.ts";
import { coloredThings } from "../facts/colors.ts";
import { months, opposites } from "../facts/words.ts";
import { type Phrasings, phrasings, wordingOf } from "../phrasing.ts";
import type { Random } from "../random.ts";
import { capitalized, say, withArticle } from "../say.ts";
import type { Split } from "../split.ts";
import { legWordings, soundWordings } from "./animals.ts";
import { monthWordings } from "./calendar.ts";
import { capitalWordings } from "./capitals.ts";
import { colorWordings } from "./colors.ts";
import { oppositeWordings } from "./words.ts";

/** A question, and others that make sense only after it: "And bananas?" */
export function followUp(random: Random, split: Split): readonly Message[] | undefined {
  const topic = random.pick(topics);
  const first = random.pick(topic.facts);
  const wording = wordingOf(topic.ask, split, random);
  if (wording === undefined) return undefined;
  const messages: Message[] = [...turn(say(wording, first.values, { random, split }), first.answer)];
  let last = first;
  for (let left = random.pick([1, 1, 2, 3]); left > 0; left--) {
    const next = random.pick(topic.facts);
    const short = wordingOf(shorts, split, random);
    if (next.x === last.x || short === undefined) return undefined;
    messages.push(...turn(say(short, { x: next.x }, { random, split }), next.answer));
    last = next;
  }
  return messages;
}

// --- internal ---

const shorts = phrasings([
  "!and {x}",
  "!what about {x}",
  "!how about {x}",
  "[and|ok, and|yes, and|good, and|thanks, and|so, and|hm, and|i see, and|nice, and|great, and|oh, and|well, and] [what about|how about|for|now|with|then|the same for|what is it for|what would it be for|how is it with|what of|in the case of|if i say|finally] {x} [then|please|now|too|]",
  "[what about|how about|now|then|what is it for|same question for|the same for|what if it is|now tell me about|what would it be for|how is it with|next:|also for|once more for|again for|next is|let us take|let us try|i also want to know about] {x} [then|please|now|too|]",
  "[and|ok, and|good, and|thanks, and] {x} [then|please|now|too|again|as well]",
]);

interface Topic {
  readonly ask: Phrasings;
  readonly facts: readonly {
    readonly x: string;
    readonly answer: string;
    readonly values: Readonly<Record<string, string>>;
  }[];
}

const withLegs = animals.map(({ animal, animals: many, legs, sound }) => {
  const a = withArticle(animal);
  return {
    x: a,
    values: { a, animals: many },
    answer: `${capitalized(a)} has ${legs} legs.`,
    says: `${capitalized(a)} says ${sound}.`,
    sound,
  };
});

const topics: readonly Topic[] = [
  {
    ask: colorWordings,
    facts: coloredThings
      .filter(({ is }) => is === "are")
      .map(({ x, color }) => ({ x, values: { x, is: "are", do: "do" }, answer: `${capitalized(x)} are ${color}.` })),
  },
  {
    ask: capitalWordings,
    facts: capitals.map(({ country, city }) => ({
      x: country,
      values: { country },
      answer: `The capital of ${country} is ${city}.`,
    })),
  },
  { ask: legWordings, facts: withLegs },
  {
    ask: soundWordings,
    facts: withLegs.filter(({ sound }) => sound !== "-").map((one) => ({ ...one, answer: one.says })),
  },
  {
    ask: oppositeWordings,
    facts: opposites.flatMap(([a, b]) => [
      { x: a, values: { x: a }, answer: `The opposite of ${a} is ${b}.` },
      { x: b, values: { x: b }, answer: `The opposite of ${b} is ${a}.` },
    ]),
  },
  {
    ask: monthWordings,
    facts: months.map(([x, count]) => ({ x, values: { x }, answer: `${x} has ${count} days.` })),
  },
];
