import { factTask } from "../fact-task.ts";
import { opposites, shapes, units } from "../facts/words.ts";
import { phrasings } from "../phrasing.ts";
import { capitalized, withArticle } from "../say.ts";

/** Wordings of the question for an opposite. */
export const oppositeWordings = phrasings([
  "!what is the opposite of {x}",
  "!what's the opposite of {x}",
  "[what is|what's|whats|which word is|which is] the [opposite|contrary|antonym] of [the word|] {x}",
  "[tell me|name|say|give me] [the opposite|an opposite|the contrary|the antonym] of {x}.",
  "[please|can you|could you] [name|give me|tell me] the opposite of {x}.",
  "[do you know|who knows|i need|i look for] the opposite of {x}",
  "opposite of {x}",
  "{x} is the opposite of [what|which word]",
  "[which|what] word means the opposite of {x}",
  "[which|what] is the opposite word [to|of|for] {x}",
  "the opposite of {x} is [what|called what|which word]",
  "{x}: [the opposite|what is the opposite|opposite|name the opposite]",
  "if something is not {x}, what is it",
  "not {x} but [what|...]",
  "[complete|finish]: the opposite of {x} is [...|___]",
]);

/** Opposites of words. */
export const oppositeTask = factTask("opposites", 5, [
  {
    facts: opposites
      .flatMap(([a, b]) => [
        [a, b],
        [b, a],
      ])
      .map(([x = "", y = ""]) => ({ x, y, Y: capitalized(y) })),
    answer: "The opposite of {x} is {y}.",
    brief: "{Y}.",
    ask: oppositeWordings,
  },
]);

/** How many small units make a large one. */
export const unitTask = factTask("units", 3, [
  {
    facts: units.map((unit) => ({
      ...unit,
      a: `${/^hour/.test(unit.unit) ? "an" : "a"} ${unit.unit}`,
      A: `${/^hour/.test(unit.unit) ? "An" : "A"} ${unit.unit}`,
    })),
    answer: "{A} has {count} {small}.",
    brief: "{count}.",
    ask: phrasings([
      "!how many {small} are in {a}",
      "!how many {small} does {a} have",
      "how many {small} [are there in|make|are|make up|has|is|fit in] {a}",
      "how many {small} [are|are there] in one {unit}",
      "how many {small} does one {unit} have",
      "[tell me|say|give me] [how many {small} are in {a}|the number of {small} in {a}].",
      "[do you know|can you tell me|i wonder|i forgot] how many {small} [are in {a}|{a} has]",
      "{a} has how many {small}",
      "{a} is how many {small}",
      "one {unit} [is|has|are] how many {small}",
      "what is {a} in {small}",
      "what is the number of {small} [in|of] {a}",
      "[if i wait|if i have|take|think of|suppose we have|i have] {a}, how many {small} [are that|is that|are in it|does it have]",
      "[how many|what number of] {small} [makes|make|fills|gives|go into|belong to|are contained in] {a} [please|exactly|]",
      "[please|could you|can you|would you] [say|tell me|count] how many {small} are in {a}.",
      "convert one {unit} to {small}.",
      "one {unit} in {small}",
    ]),
  },
]);

/** Sides and corners of shapes. */
export const shapeTask = factTask("shapes", 2, [
  {
    weight: 2,
    facts: shapes.map(({ shape, sides }) => named(shape, sides)),
    answer: "{A} has {sides} sides.",
    brief: "{Sides}.",
    ask: phrasings([
      "!how many sides does {a} have",
      "how many sides [has|are in|are on|are there in] {a}",
      "how many [edges|lines] does {a} have",
      "[tell me|say|give me|count] the [sides|number of sides|edges] of {a}.",
      "[do you know|can you tell me|i wonder] how many sides {a} has",
      "what is the number of sides of {a}",
      "{a} has how many [sides|edges]",
      "[if i draw|when i draw|look at|think of|imagine|take|here is] {a}, how many [sides|edges] [are there|do i see|does it have|can i count]",
      "[how many|count the|tell me how many] [sides|edges] [of|in|on] {a} [are there|please|]",
    ]),
  },
  {
    weight: 2,
    facts: shapes.map(({ shape, sides }) => named(shape, sides)),
    answer: "{A} has {sides} corners.",
    brief: "{Sides}.",
    ask: phrasings([
      "!how many corners does {a} have",
      "how many corners [has|are in|are on|are there in] {a}",
      "how many [angles|points|vertices] does {a} have",
      "[tell me|say|give me|count] the [corners|number of corners|angles] of {a}.",
      "[do you know|can you tell me|i wonder] how many corners {a} has",
      "what is the number of corners of {a}",
      "{a} has how many [corners|angles]",
      "[if i draw|when i draw|look at|think of|imagine|take|here is] {a}, how many [corners|angles] [are there|do i see|does it have|can i count]",
      "[how many|count the|tell me how many] [corners|angles] [of|in|on] {a} [are there|please|]",
    ]),
  },
  {
    weight: 1,
    facts: shapes.filter(({ sides }) => !["four", "no"].includes(sides)).map(({ shape, sides }) => named(shape, sides)),
    answer: "{A} has {sides} sides.",
    brief: "{Shape}.",
    ask: phrasings([
      "![which|what] shape has {sides} [sides|corners]",
      "[what is|what do you call|how do you call] a shape with {sides} [sides|corners|angles]",
      "[name|tell me|give me] a shape [with|that has] {sides} [sides|corners|angles].",
    ]),
  },
]);

// --- internal ---

function named(shape: string, sides: string) {
  const a = withArticle(shape);
  const Sides = sides === "no" ? "None" : capitalized(sides);
  return { a, A: capitalized(a), sides, Sides, Shape: capitalized(a) };
}
