import { factTask } from "../fact-task.ts";
import { capitals } from "../facts/capitals.ts";
import { phrasings } from "../phrasing.ts";
import { capitalized } from "../say.ts";

const facts = capitals.map(({ country, city }) => ({ country, city, Country: capitalized(country) }));

/** Wordings of the question for a capital. */
export const capitalWordings = phrasings([
  "!what is the capital of {country}",
  "!what's the capital of {country}",
  "[what is|what's|whats|which is|which city is] [the capital|the capital city] of {country}",
  "[what is|what's|name|tell me|give me|say] {country}'s [capital|capital city].",
  "[which|what] [city|town] is [the capital|the capital city] of {country}",
  "[which|what] [capital|capital city] does {country} have",
  "[tell me|name|give me|say|state] [the capital|the capital city] of {country}.",
  "[can you|could you|please|would you] [name|tell me|give me] the [capital|capital city] of {country}.",
  "[do you know|can you say|tell me|i forgot|i wonder] [what|which city] the capital of {country} is",
  "[do you know|who knows|i want to know|i need] the capital of {country}",
  "capital of {country}",
  "the [capital|capital city] of {country} is [called what|which city|what]",
  "{country}: [what is the capital|which capital|capital|name the capital]",
  "how is the capital of {country} called",
  "what do you call the capital of {country}",
  "i am [going|travelling|flying] to {country}. what is [its|the] capital",
  "where is the government of {country}",
  "[complete|finish]: the capital of {country} is [...|___]",
]);

/** Capitals of countries, both ways. */
export const capitalTask = factTask("capitals", 7, [
  {
    weight: 3,
    facts,
    answer: "The capital of {country} is {city}.",
    brief: "{city}.",
    ask: capitalWordings,
  },
  {
    weight: 2,
    facts,
    answer: "{city} is the capital of {country}.",
    brief: "{Country}.",
    ask: phrasings([
      "!{city} is the capital of which country",
      "!which country has the capital {city}",
      "[of which country|of what country|which country] is {city} the capital [of|]",
      "{city} is the [capital|capital city] of [what|which country|what country|where]",
      "[which|what] country['s capital is| has as its capital] {city}",
      "[tell me|say|name] the country [whose capital is|with the capital|that has the capital] {city}.",
      "[do you know|tell me|can you say] [which|what] country has {city} as [capital|its capital|the capital]",
      "what is {city} the capital of",
      "in [which|what] country is {city}",
      "where is {city}",
      "[which|what] country does {city} belong to",
    ]),
  },
]);
