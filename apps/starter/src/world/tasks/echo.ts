import type { ExchangeTask } from "../exchange.ts";
import { madeUpName } from "../facts/names.ts";
import { echoWords } from "../facts/words.ts";
import { phrasings, wordingOf } from "../phrasing.ts";
import type { Random } from "../random.ts";
import { capitalized, sayExactly } from "../say.ts";
import { splitOf } from "../split.ts";

/** Repeating what a person says. */
export const echoTask: ExchangeTask = {
  name: "echo",
  weight: 5,
  make(random, split) {
    const x = someWords(random);
    if (splitOf(`echo ${x}`) !== split) return undefined;
    const wording = wordingOf(wordings, split, random);
    if (wording === undefined) return undefined;
    return { ask: sayExactly(wording, { x }, { random, split }), answer: `${capitalized(x)}.` };
  },
};

// --- internal ---

function someWords(random: Random): string {
  return Array.from({ length: random.between(1, 5) }, () =>
    random.chance(0.3) ? madeUpName(random).toLowerCase() : random.pick(echoWords),
  ).join(" ");
}

const wordings = phrasings([
  "!say: {x}",
  "!repeat: {x}",
  "!repeat after me: {x}",
  "[say|repeat|please say|please repeat|write|echo|copy|can you say|now say|read|speak|say again|just say|answer with|print] [after me|this|the words|these words|exactly|the following|]: {x}",
  "[repeat|say|echo|copy] [the words|the following words|my words|what i say|what i write|exactly this]: {x}",
]);
