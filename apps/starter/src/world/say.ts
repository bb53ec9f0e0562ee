import { filled } from "./phrasing.ts";
import type { Random } from "./random.ts";
import { type Split, splitOf } from "./split.ts";

type Values = Readonly<Record<string, string>>;

/** How a person writes a wording: with capitals and marks or without, with a word before or after, with a slip. */
export function say(wording: string, values: Values, { random, split }: { random: Random; split: Split }): string {
  const pattern = wording.trim();
  if (split !== "train") return random.chance(0.75) ? clean(pattern, values) : lazy(pattern, values);
  const framed = random.chance(0.16) ? inFrame(pattern, random) : pattern;
  const style = random.next();
  if (style < 0.58) return clean(framed, values);
  if (style < 0.78) return lazy(framed, values);
  if (style < 0.88) return withoutMark(clean(framed, values));
  if (style < 0.94) return marked(filled(framed, values));
  if (style < 0.985) return clean(withSlip(framed, random), values);
  return clean(framed, values).toUpperCase();
}

/** With a capital and a mark. */
export function clean(wording: string, values: Values): string {
  const sentences = wording
    .replace(/\bi\b/g, "I")
    .replace(/([.?!:] )([a-z])/g, (_, mark: string, letter: string) => mark + letter.toUpperCase());
  return capitalized(marked(filled(sentences, values)));
}

/** The first letter as a capital. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `a` or `an` before a word. */
export function withArticle(word: string): string {
  return `${/^[aeiou]/i.test(word) && !/^(uni|one|eu)/i.test(word) ? "an" : "a"} ${word}`;
}

/** Like `say`, but the values stay as they are: the answer repeats them. */
export function sayExactly(
  wording: string,
  values: Values,
  { random, split }: { random: Random; split: Split },
): string {
  const pattern = wording.trim();
  const style = random.next();
  if (style < 0.7 || split !== "train") return clean(pattern, values);
  if (style < 0.85) return filled(withoutMark(pattern).toLowerCase(), values);
  if (style < 0.94) return withoutMark(clean(pattern, values));
  return clean(withSlip(pattern, random), values);
}

// --- internal ---

function lazy(wording: string, values: Values): string {
  return withoutMark(filled(wording, values).toLowerCase());
}

function withoutMark(text: string): string {
  return text.replace(/[?.!]+$/, "");
}

function marked(text: string): string {
  return /[?.!:)"]$/.test(text) ? text : `${text}?`;
}

const before = [
  "hey, ",
  "hi, ",
  "hello, ",
  "ok, ",
  "so, ",
  "please, ",
  "quick question: ",
  "well, ",
  "now, ",
  "tell me, ",
  "say, ",
  "next question: ",
  "one more: ",
  "I have a question: ",
  "my question is: ",
  "and ",
  "hm, ",
  "excuse me, ",
  "oh, ",
  "sorry, ",
  "do you know: ",
  "for my homework: ",
  "just curious, ",
  "can you answer this: ",
  "listen: ",
  "Palaver, ",
  "a question for you: ",
  "my sister wants to know: ",
  "please answer: ",
  "help me: ",
  "let me ask: ",
  "then ",
  "good, ",
  "thanks, ",
  "by the way, ",
  "yes, but ",
  "a small question: ",
  "here is a question: ",
  "answer me this: ",
  "wait, ",
  "great, ",
  "today I ask: ",
  "first, ",
  "last question: ",
];
const after = [
  " please",
  ", please",
  ", thanks",
  ", thank you",
  ", Palaver",
  ", my friend",
  " now",
  ", then",
  " again",
];

/** Only questions: a request says please by itself. */
function inFrame(wording: string, random: Random): string {
  if (/[.!:)"]$/.test(wording)) return wording;
  const framed = random.chance(0.6) ? random.pick(before) + wording : wording + random.pick(after);
  // With its frame it may be what an exam asks: "how are you" and "now".
  return splitOf(framed) === "train" ? framed : wording;
}

/** One slip in one of the wording's own words; values stay as they are. */
function withSlip(wording: string, random: Random): string {
  const words = wording.split(" ");
  const long = words.flatMap((word, index) => (/^[a-z]{4,}$/.test(word) ? [index] : []));
  if (long.length === 0) return wording;
  const index = random.pick(long);
  const word = words[index]!;
  const at = random.between(1, word.length - 2);
  const slips = [
    word.slice(0, at) + word.slice(at + 1),
    word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2),
    word.slice(0, at) + word[at] + word.slice(at),
  ];
  words[index] = random.pick(slips);
  return words.join(" ");
}
