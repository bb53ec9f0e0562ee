import { factTask, type Question } from "../fact-task.ts";
import { type Animal, animals } from "../facts/animals.ts";
import { type Phrasings, phrasings } from "../phrasing.ts";
import { capitalized, withArticle } from "../say.ts";

/** Wordings of the question for a sound. */
export const soundWordings = phrasings([
  "!what does {a} say",
  "![what|which] sound does {a} make",
  "what [sound|noise|sounds|noises] [does {a}|do {animals}] make",
  "what do {animals} say",
  "how does {a} [sound|speak|talk|go]",
  "[tell me|say|name] the sound of {a}.",
  "[do you know|can you tell me|tell me] [what|which sound|what sound] {a} makes",
  "what is the [sound|noise|voice|call] of {a}",
  "[make|imitate] the [sound|noise] of {a}.",
  "what do you hear when you hear {a}",
]);

/** Wordings of the question for legs. */
export const legWordings = phrasings([
  "!how many legs does {a} have",
  "how many legs [do {animals} have|has {a}]",
  "[tell me|say|give me|count] the [number of legs|legs] of {a}.",
  "what is the number of legs of {a}",
  "on how many legs does {a} [walk|stand|go]",
  "[do you know|can you tell me|tell me|i wonder] how many legs {a} has",
  "number of legs of {a}",
  "if i see {a}, how many legs do i [count|see]",
]);

/** Animals: their sounds, young, legs and homes. */
export const animalTask = factTask("animals", 6, [
  ask("sound", 3, "{A} says {sound}.", "{Sound}.", soundWordings),
  ask("young", 3, "A young {animal} is called {a_young}.", "{Young}.", [
    "!what is a [young|baby] {animal} called",
    "what do you call a [young|baby|little|newborn] {animal}",
    "what do we call [the young|the baby|the child|a child] of {a}",
    "what is the name [of|for] a [young|baby|little] {animal}",
    "[tell me|say|name] the [name|word] for a [young|baby|little] {animal}.",
    "how is a [young|baby|little] {animal} called",
    "[do you know|can you tell me|tell me] [what|how] a [young|baby] {animal} is called",
    "what are [young|baby|little] {animals} called",
    "what is the [young|baby] of {a} called",
  ]),
  ask("legs", 3, "{A} has {legs} legs.", "{Legs}.", legWordings),
  ask("home", 3, "{A} lives {home}.", undefined, [
    "!where does {a} live",
    "where do {animals} [live|sleep|stay]",
    "where can [i|you|we|one] [find|see|meet] {a}",
    "what is the home of {a}",
    "[tell me|say] where {a} lives.",
    "[do you know|can you tell me|i wonder] where {a} lives",
    "where is the home of {a}",
    "in what place does {a} live",
    "where would {a} [live|be at home]",
  ]),
]);

// --- internal ---

function ask(
  field: keyof Animal,
  weight: number,
  answer: string,
  brief: string | undefined,
  wordings: readonly string[] | Phrasings,
): Question {
  const facts = animals
    .filter((animal) => animal[field] !== "-")
    .map((animal) => ({
      ...animal,
      a: withArticle(animal.animal),
      A: capitalized(withArticle(animal.animal)),
      a_young: withArticle(animal.young),
      Young: capitalized(animal.young),
      Sound: capitalized(animal.sound),
      Legs: animal.legs === "no" ? "None" : capitalized(animal.legs),
    }));
  return {
    weight,
    facts,
    ask: Array.isArray(wordings) ? phrasings(wordings) : (wordings as Phrasings),
    answer,
    ...(brief !== undefined && { brief }),
  };
}
