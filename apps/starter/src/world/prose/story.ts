import { animals } from "../facts/animals.ts";
import { coloredThings } from "../facts/colors.ts";
import { nameOf } from "../facts/names.ts";
import type { Random } from "../random.ts";
import { capitalized, withArticle } from "../say.ts";
import { subjects } from "../tasks/verse.ts";

/** A story of a few sentences. */
export function story(random: Random): string {
  const name = nameOf(random, "train");
  const friend = nameOf(random, "train");
  const animal = random.pick(animals);
  const fruit = random.pick(coloredThings.filter(({ is }) => is === "are"));
  const thing = random.pick(subjects);
  const begin = random.pick([
    `Once there was ${withArticle(animal.animal)}. Its name was ${name}. ${name} lived ${animal.home}.`,
    `${name} had ${withArticle(animal.animal)}. Its name was ${friend}. They did everything together.`,
    `One day ${name} went to see ${friend}. The way was long, and the sun was warm.`,
    `${name} and ${friend} were friends. Every day they played with ${withArticle(thing)}.`,
    `In the morning ${name} found ${withArticle(thing)} in the garden.`,
  ]);
  const middle = random.pick([
    `Then it began to rain. "We must go home," said ${name}.`,
    `On the way there was ${withArticle(thing)}. It was old, and nobody knew who had made it.`,
    `"I am hungry," said ${friend}. So they ate some ${fruit.x}. The ${fruit.x} were ${fruit.color}.`,
    `They heard ${withArticle(animal.animal)}. "Do not be afraid," said ${friend}.`,
    `${friend} had lost ${withArticle(thing)}. They looked for it all day, and ${name} found it under a tree.`,
  ]);
  const end = random.pick([
    `In the evening they sat by the fire and told stories.`,
    `${capitalized(name)} was happy, and so was ${friend}.`,
    `From that day on they were never alone.`,
    `Then they slept until the sun came up.`,
    `"Tomorrow we will come back," said ${friend}. And they did.`,
  ]);
  return random.chance(0.5) ? `${begin} ${middle} ${end}` : `${begin}\n\n${middle} ${end}`;
}
