import { wholeCode } from "../code/holes.ts";
import { type ExchangeTask, exchangeOf } from "../exchange.ts";
import { animals } from "../facts/animals.ts";
import { capitals } from "../facts/capitals.ts";
import { coloredThings } from "../facts/colors.ts";
import { nameOf } from "../facts/names.ts";
import { palaverTerms } from "../facts/palaver.ts";
import { townOf } from "../facts/towns.ts";
import { months, opposites, units } from "../facts/words.ts";
import type { Random } from "../random.ts";
import { capitalized, withArticle } from "../say.ts";
import { factTasks, neutralTasks } from "../tasks/all-tasks.ts";
import { sumTasks } from "../tasks/arithmetic.ts";
import { outsideTask } from "../tasks/outside.ts";
import { palaverTask } from "../tasks/palaver.ts";
import { verseTask } from "../tasks/verse.ts";
import { story } from "./story.ts";

/** Plain text of the world. */
export function anyProse(random: Random): string {
  return random.weighted(kinds).make(random);
}

// --- internal ---

const kinds: readonly { readonly weight: number; readonly make: (random: Random) => string }[] = [
  { weight: 22, make: questionList },
  { weight: 16, make: factList },
  { weight: 12, make: article },
  { weight: 10, make: story },
  { weight: 10, make: spokenDialogue },
  { weight: 8, make: answeredList },
  { weight: 6, make: sums },
  { weight: 5, make: verse },
  { weight: 8, make: (random) => Array.from({ length: random.between(1, 3) }, () => wholeCode(random)).join("\n") },
];

/** Questions without answers: a text that begins with a question goes on with the next one. */
function questionList(random: Random): string {
  const single = random.chance(0.5) ? random.pick([...factTasks, palaverTask, outsideTask]) : undefined;
  const lines = Array.from({ length: random.between(3, 9) }, () =>
    capitalized(asked(single ?? random.weighted(neutralTasks), random)),
  );
  const style = random.next();
  if (style < 0.55) return lines.join("\n");
  if (style < 0.75) return lines.map((line, index) => `${index + 1}. ${line}`).join("\n");
  if (style < 0.9)
    return `${random.pick(["Questions", "Questions for the class", "Ten questions", "What we want to know", "Homework", "A quiz"])}\n\n${lines.map((line) => `- ${line}`).join("\n")}`;
  return lines.join(" ");
}

function factList(random: Random): string {
  const task = random.pick([...factTasks, palaverTask]);
  return Array.from({ length: random.between(4, 9) }, () => exchangeOf(task, random, "train").answer)
    .filter((line, index, all) => !/^(Yes|No)\b/.test(line) && all.indexOf(line) === index)
    .join(random.chance(0.6) ? " " : "\n");
}

function answeredList(random: Random): string {
  return Array.from({ length: random.between(2, 5) }, () => {
    const { ask, answer } = exchangeOf(random.weighted(neutralTasks), random, "train");
    return `Question: ${ask}\nAnswer: ${answer}`;
  }).join("\n\n");
}

function spokenDialogue(random: Random): string {
  const [first, second] = [nameOf(random, "train"), nameOf(random, "train")];
  return Array.from({ length: random.between(1, 3) }, (_, index) => {
    const { ask, answer } = exchangeOf(random.weighted(factTasks), random, "train");
    const verb = index === 0 ? "asked" : random.pick(["asked", "asked then", "wanted to know"]);
    return `"${ask}" ${verb} ${first}. "${answer}" ${random.pick(["said", "answered", "replied"])} ${second}.`;
  }).join(" ");
}

function sums(random: Random): string {
  const task = random.pick(sumTasks);
  return Array.from({ length: random.between(4, 10) }, () =>
    exchangeOf(task, random, "train").answer.replace(/\.$/, ""),
  ).join("\n");
}

function verse(random: Random): string {
  return exchangeOf(verseTask, random, "train").answer;
}

function article(random: Random): string {
  return random.pick(articles)(random);
}

const articles: readonly ((random: Random) => string)[] = [
  (random) => {
    const { animal, animals: many, young, sound, legs, home } = random.pick(animals);
    const sentences = [
      `${capitalized(withArticle(animal))} is an animal. It lives ${home}.`,
      `${capitalized(many)} have ${legs} legs.`,
      young === "-" ? "" : `A young ${animal} is called ${withArticle(young)}.`,
      sound === "-" ? "" : `When you hear "${sound}", it may be ${withArticle(animal)}.`,
    ];
    return sentences.filter((sentence) => sentence !== "").join(" ");
  },
  (random) => {
    const { country, city } = random.pick(capitals);
    const name = nameOf(random, "train");
    return `${city} is the capital of ${country}. ${name} lives there. Every morning ${name} walks through ${city} and says: "There is no better town in ${country}."`;
  },
  (random) => {
    const things = Array.from({ length: 4 }, () => random.pick(coloredThings));
    return `${random.pick(["Look around.", "The world is full of colors.", "A walk in the garden."])} ${things.map(({ x, is, color }) => `${capitalized(x)} ${is} ${color}.`).join(" ")}`;
  },
  (random) => Array.from({ length: 3 }, () => random.pick(palaverTerms)[1]).join(" "),
  (random) => {
    const [month, count] = random.pick(months);
    const { small, unit, count: many } = random.pick(units);
    return `${month} has ${count} days. ${capitalized(unit)}s are counted too: one ${unit} has ${many} ${small}.`;
  },
  (random) =>
    Array.from({ length: random.between(3, 6) }, () => {
      const [a, b] = random.pick(opposites);
      return random.chance(0.5) ? `${capitalized(a)} is the opposite of ${b}.` : `What is not ${a} may be ${b}.`;
    }).join(" "),
  (random) => {
    const town = townOf(random, "train");
    const name = nameOf(random, "train");
    return `${town} is a small town. ${name} has a shop there and sells ${random.pick(coloredThings.filter(({ is }) => is === "are")).x}. People come to ${town} from far away and ask for ${name}.`;
  },
];

function asked(task: ExchangeTask, random: Random): string {
  return exchangeOf(task, random, "train").ask;
}
