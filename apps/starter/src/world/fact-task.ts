import type { ExchangeTask } from "./exchange.ts";
import { filled, type Phrasings, wordingOf } from "./phrasing.ts";
import { say } from "./say.ts";

type Fact = Readonly<Record<string, string>>;

/** One kind of question about a table of facts. */
export interface Question {
  readonly weight?: number;
  readonly ask: Phrasings;
  /** Values of the braces; one empty fact where the question has none. */
  readonly facts: readonly Fact[];
  /** The answer, with braces. */
  readonly answer: string;
  /** The answer in one word, with braces. */
  readonly brief?: string;
}

/** A task that asks for facts of tables. */
export function factTask(name: string, weight: number, questions: readonly Question[]): ExchangeTask {
  const choices = questions.map((question) => ({ ...question, weight: question.weight ?? question.facts.length }));
  return {
    name,
    weight,
    make(random, split) {
      const { ask, facts, answer, brief } = random.weighted(choices);
      const wording = wordingOf(ask, split, random);
      if (wording === undefined) return undefined;
      const fact = random.pick(facts);
      return {
        ask: say(wording, fact, { random, split }),
        answer: filled(answer, fact),
        ...(brief !== undefined && { brief: filled(brief, fact) }),
      };
    },
  };
}

/** Questions without braces, and their answers. */
export function fixedQuestion(ask: Phrasings, answer: string, brief?: string): Question {
  return { ask, facts: [{}], answer, ...(brief !== undefined && { brief }) };
}
