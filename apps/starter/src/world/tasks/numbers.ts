import type { ExchangeTask } from "../exchange.ts";
import { phrasings, wordingOf } from "../phrasing.ts";
import { say } from "../say.ts";
import { splitOf } from "../split.ts";

/** Which number or letter comes before or after. */
export const neighborTask: ExchangeTask = {
  name: "neighbors",
  weight: 6,
  make(random, split) {
    const after = random.chance(0.55);
    const isLetter = random.chance(0.3);
    const position = isLetter
      ? random.between(after ? 0 : 1, after ? 24 : 25)
      : random.between(1, random.pick([20, 98, 98, 998]));
    const named = (at: number): string => (isLetter ? String.fromCharCode(65 + at) : String(at));
    const x = named(position);
    if (!isLetter && splitOf(`neighbor ${x}`) !== split) return undefined;
    const wording = wordingOf((isLetter ? letters : numbers)[after ? "after" : "before"], split, random);
    if (wording === undefined) return undefined;
    const y = named(position + (after ? 1 : -1));
    return {
      ask: say(wording, { x }, { random, split }),
      answer: `${after ? "After" : "Before"} ${x} comes ${y}.`,
      brief: `${y}.`,
    };
  },
};

/** Counting from one number to another. */
export const countTask: ExchangeTask = {
  name: "counting",
  weight: 11,
  make(random, split) {
    const low = random.between(1, random.pick([9, 40, 90]));
    const length = random.between(3, 10);
    const values = Array.from({ length }, (_, index) => low + index);
    const high = low + length - 1;
    const down = random.chance(0.35);
    if (splitOf(`count ${low} ${high} ${down}`) !== split) return undefined;
    const wording = wordingOf(counting, split, random);
    if (wording === undefined) return undefined;
    const [a, b] = down ? [high, low] : [low, high];
    return {
      ask: say(wording, { a: String(a), b: String(b) }, { random, split }),
      answer: `${(down ? values.reverse() : values).join(", ")}.`,
    };
  },
};

/** Which of two numbers is larger, and whether one is even. */
export const compareTask: ExchangeTask = {
  name: "comparing",
  weight: 7,
  make(random, split) {
    const [a, b] = [random.between(1, 99), random.between(1, 99)];
    if (a === b || splitOf(`compare ${a} ${b}`) !== split) return undefined;
    const { ask, answer, brief } = random.pick(comparisons);
    const wording = wordingOf(ask, split, random);
    if (wording === undefined) return undefined;
    return {
      ask: say(wording, { a: String(a), b: String(b) }, { random, split }),
      answer: answer(a, b),
      brief: brief(a, b),
    };
  },
};

/** Short stories with a sum in them. */
export const storySumTask: ExchangeTask = {
  name: "story-sums",
  weight: 9,
  make(random, split) {
    const { ask, value } = random.pick(stories);
    const b = random.between(1, 12);
    const a = random.between(value(10, 3) < 10 ? b + 1 : 1, 20);
    const things = random.pick(countedThings);
    if (splitOf(`story ${a} ${b} ${things}`) !== split) return undefined;
    const wording = wordingOf(ask, split, random);
    if (wording === undefined) return undefined;
    const total = value(a, b);
    return {
      ask: say(wording, { a: String(a), b: String(b), things }, { random, split }),
      answer: `You have ${total} ${things}.`,
      brief: `${total}.`,
    };
  },
};

// --- internal ---

const numbers = {
  after: phrasings([
    "!what comes after {x}",
    "![which|what] number comes after {x}",
    "[which|what] number [is|follows|comes next after|comes right after|is next after] {x}",
    "[what|which] is the [next number after|number after|number that follows] {x}",
    "[tell me|say|name] the number [after|that comes after|that follows] {x}.",
    "after {x} comes [what|which number]",
    "{x} and then [what|which number]",
    "what is one more than {x}",
    "count on from {x} by one.",
    "[do you know|can you tell me] [what|which number] comes after {x}",
  ]),
  before: phrasings([
    "!what comes before {x}",
    "![which|what] number comes before {x}",
    "[which|what] number [is just before|comes right before|comes just before|is before] {x}",
    "[what|which] is the [number before|number that comes before] {x}",
    "[tell me|say|name] the number [before|that comes before] {x}.",
    "before {x} comes [what|which number]",
    "what is one less than {x}",
    "[do you know|can you tell me] [what|which number] comes before {x}",
  ]),
};
const letters = {
  after: phrasings([
    "![which|what] letter comes after {x}",
    "[which|what] letter [is|follows|comes next after|comes right after] {x}",
    "[what|which] is the [next letter after|letter after|letter that follows] {x}",
    "in the alphabet, [what|which letter] comes after {x}",
    "[tell me|say|name] the letter [after|that comes after|that follows] {x}.",
    "[do you know|can you tell me] [what|which] letter comes after {x}",
  ]),
  before: phrasings([
    "![which|what] letter comes before {x}",
    "[which|what] letter [is just before|comes right before|comes just before|is before] {x}",
    "[what|which] is the [letter before|letter that comes before] {x}",
    "in the alphabet, [what|which letter] comes before {x}",
    "[tell me|say|name] the letter [before|that comes before] {x}.",
    "[do you know|can you tell me] [what|which] letter comes before {x}",
  ]),
};

const counting = phrasings([
  "!count from {a} to {b}.",
  "[count|please count|can you count|could you count|i want you to count|now count|try to count] [from|up from|slowly from|me the numbers from] {a} to {b}.".replace(
    "up ",
    "",
  ),
  "[write|list|say|name|give me|show me|tell me] [the numbers|all numbers|all the numbers|the whole numbers] [from|between] {a} [to|up to|until] {b}."
    .replace("[from|between]", "from")
    .replace("[to|up to|until]", "[to|until]"),
  "[which|what] numbers are there from {a} to {b}",
  "numbers from {a} to {b}",
]);

const comparisons = [
  {
    ask: phrasings([
      "!which is larger, {a} or {b}",
      "[which|which number|what] is [larger|bigger|greater|more|higher], {a} or {b}",
      "[tell me|say|name] the [larger|bigger|greater] number: {a} or {b}.",
      "is {a} or {b} [larger|bigger|greater|more]",
      "[what|which] is the [larger|bigger|greater] [number|one] of {a} and {b}",
      "[compare|i compare] {a} and {b}. which is [larger|bigger]",
    ]),
    answer: (a: number, b: number) => `${Math.max(a, b)} is larger than ${Math.min(a, b)}.`,
    brief: (a: number, b: number) => `${Math.max(a, b)}.`,
  },
  {
    ask: phrasings([
      "!which is smaller, {a} or {b}",
      "[which|which number|what] is [smaller|less|lower], {a} or {b}",
      "[tell me|say|name] the [smaller|lower] number: {a} or {b}.",
      "is {a} or {b} [smaller|less|lower]",
      "[what|which] is the [smaller|lower] [number|one] of {a} and {b}",
      "[compare|i compare] {a} and {b}. which is smaller",
    ]),
    answer: (a: number, b: number) => `${Math.min(a, b)} is smaller than ${Math.max(a, b)}.`,
    brief: (a: number, b: number) => `${Math.min(a, b)}.`,
  },
  {
    ask: phrasings([
      "!is {a} even or odd",
      "!is {a} odd or even",
      "is [the number|] {a} [an even or an odd number|an odd or an even number|even, or is it odd|odd, or is it even]",
      "[tell me|say] [if|whether] {a} is [even or odd|odd or even].",
      "[do you know|can you say|i wonder] [if|whether] {a} is [even or odd|odd or even]",
    ]),
    answer: (a: number) => `${a} is ${a % 2 === 0 ? "even" : "odd"}.`,
    brief: (a: number) => (a % 2 === 0 ? "Even." : "Odd."),
  },
];

const countedThings = [
  "apples",
  "oranges",
  "books",
  "coins",
  "cookies",
  "eggs",
  "pens",
  "cards",
  "stones",
  "shells",
  "cups",
  "balls",
  "stamps",
  "keys",
  "flowers",
  "nuts",
  "hats",
  "toys",
  "pears",
  "cakes",
];

const stories = [
  {
    value: (a: number, b: number) => a + b,
    ask: phrasings([
      "!i have {a} {things} and get {b} more. how many {things} do i have",
      "i have {a} {things} and [buy|find|take|receive|win|am given] {b} more. how many [{things} do i have|do i have|do i have now|are there]",
      "[there are|i see|i put] {a} {things} in my bag. i add {b} more. how many {things} do i have",
      "[my friend|my mother|anna|someone] gives me {b} {things}. i had {a}. how many [{things}|] do i have [now|]",
      "first i [buy|find|take] {a} {things}, then {b} more. how many [{things}|] do i have [now|]",
    ]),
  },
  {
    value: (a: number, b: number) => a - b,
    ask: phrasings([
      "!i have {a} {things} and give away {b}. how many {things} do i have",
      "i have {a} {things} and [lose|sell|eat|drop|break|give you|give away] {b}. how many [{things} do i have|do i have|do i have left|are left|{things} are left]",
      "[there are|i had] {a} {things} in my bag. i take out {b}. how many {things} do i have [now|left|]",
      "[my friend|my mother|anna|someone] takes {b} of my {a} {things}. how many [{things}|] do i have [now|left|]",
      "from {a} {things} i [lose|sell|give away] {b}. how many [{things}|] do i have [now|left|]",
    ]),
  },
];
