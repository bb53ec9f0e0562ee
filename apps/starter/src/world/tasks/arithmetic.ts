import type { Exchange, ExchangeTask } from "../exchange.ts";
import { phrasings, wordingOf } from "../phrasing.ts";
import type { Random } from "../random.ts";
import { say } from "../say.ts";
import { type Split, splitOf } from "../split.ts";

export type Operator = "+" | "-" | "*" | "/";

/** Two numbers and what is done with them. */
interface Sum {
  readonly a: number;
  readonly operator: Operator;
  readonly b: number;
}

/** Wordings of a sum; `{sum}` is written with a sign or in words. */
export const sumWordings = phrasings([
  "!what is {sum}",
  "!{sum}",
  "!{sum} = ?",
  "![how much is|what's|calculate|compute] {sum}",
  "[what is|what's|whats|how much is|what makes|what does|how many is] [the result of|the value of|the answer to|] {sum} [equal|make|give|]",
  "[please|can you|could you|would you|now|] [calculate|compute|solve|work out|do|find] {sum} [please|for me|].",
  "[tell me|give me|say|i need|i want to know|do you know] [the result of|what is|how much is|the answer to] {sum}.",
  "{sum} is [what|how much|equal to what]",
  "{sum} [makes|gives|equals] [what|how much]",
  "[let us|let's] [do|calculate] a sum: {sum}.",
  "my [teacher|son|daughter|homework] asks: [what is|how much is|] {sum}",
  "[sum|a sum|maths|math|arithmetic]: {sum}",
]);

/** The sum with its sign, as the model writes it. */
export function written({ a, operator, b }: Sum): string {
  return `${a} ${operator} ${b}`;
}

/** The value of a sum. */
export function resultOf({ a, operator, b }: Sum): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
  }
}

/** A sum as a person writes it: with or without blanks, or in words. */
export function spoken({ a, operator, b }: Sum, random: Random): string {
  const words = {
    "+": ["plus", "and"],
    "-": ["minus", "less"],
    "*": ["times", "multiplied by"],
    "/": ["divided by", "over"],
  };
  const style = random.next();
  if (style < 0.5) return `${a} ${operator} ${b}`;
  if (style < 0.65) return `${a}${operator}${b}`;
  if (style < 0.72 && operator === "*") return `${a} x ${b}`;
  return `${a} ${words[operator][style < 0.93 ? 0 : 1]} ${b}`;
}

/** The split of a sum; the order of its numbers does not count. */
export function sumSplit({ a, operator, b }: Sum): Split {
  const [low, high] = operator === "+" || operator === "*" ? [Math.min(a, b), Math.max(a, b)] : [a, b];
  return splitOf(`sum ${low} ${operator} ${high}`);
}

/** Sums that the model does by itself. */
export const sumTasks: readonly ExchangeTask[] = [
  sumTask("addition", 16, (random) => ({ a: operand(random), operator: "+", b: operand(random) })),
  sumTask("subtraction", 16, (random) => {
    const [a, b] = [operand(random), operand(random)];
    return { a: Math.max(a, b), operator: "-", b: Math.min(a, b) };
  }),
  sumTask("products", 5, (random) => {
    const [a, b] = [random.between(1, 10), random.between(1, 10)];
    return random.chance(0.7) ? { a, operator: "*", b } : { a: a * b, operator: "/", b };
  }),
];

// --- internal ---

/** Small ones are asked more often, and there are fewer of them. */
function operand(random: Random): number {
  return random.chance(0.25) ? random.between(0, 12) : random.between(1, 99);
}

function sumTask(name: string, weight: number, draw: (random: Random) => Sum): ExchangeTask {
  const isTable = name === "products";
  return {
    name,
    weight,
    make(random, split): Exchange | undefined {
      const sum = draw(random);
      // A table of products is learnt by heart: there a wording is held out, not the product.
      if (!isTable && sumSplit(sum) !== split) return undefined;
      const wording = wordingOf(sumWordings, split, random);
      if (wording === undefined) return undefined;
      return {
        ask: say(wording, { sum: spoken(sum, random) }, { random, split }),
        answer: `${written(sum)} = ${resultOf(sum)}.`,
        brief: `${resultOf(sum)}.`,
      };
    },
  };
}
