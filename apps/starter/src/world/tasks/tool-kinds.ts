import type { JsonObject, ToolDefinition } from "@palaver/core";
import { madeUpName } from "../facts/names.ts";
import { townOf } from "../facts/towns.ts";
import { phrasings, wordingOf } from "../phrasing.ts";
import type { Random } from "../random.ts";
import { capitalized, say, sayExactly } from "../say.ts";
import type { Split } from "../split.ts";
import { type Operator, resultOf, spoken, sumSplit, sumWordings, written } from "./arithmetic.ts";

/** One need for a tool: the question, the call, what comes back, what is said then. */
export interface ToolUse {
  readonly ask: string;
  readonly arguments: JsonObject;
  readonly result: string;
  readonly answer: string;
}

/** A kind of tool. */
export interface ToolKind {
  readonly name: string;
  /** A definition; the same kind is described in many ways. */
  define(random: Random, split: Split): ToolDefinition;
  /** A question that needs the tool; undefined: draw again. */
  use(random: Random, split: Split, tool: ToolDefinition): ToolUse | undefined;
  /** What is said where the tool is not offered. */
  readonly missing: string;
}

const calculator: ToolKind = {
  name: "calculator",
  missing: "That is too hard for me. I have no calculator tool.",
  define: (random, split) =>
    definition(random, split, {
      names: ["calculator", "calculator", "calculate", "compute", "calc", "math"],
      keys: ["expression"],
      texts: calculatorTexts,
    }),
  use(random, split, tool) {
    const sum = largeSum(random);
    if (sumSplit(sum) !== split) return undefined;
    const wording = wordingOf(sumWordings, split, random);
    if (wording === undefined) return undefined;
    const value = resultOf(sum);
    const result = String(Number.isInteger(value) ? value : Number(value.toFixed(3)));
    return {
      ask: say(wording, { sum: spoken(sum, random) }, { random, split }),
      arguments: { [keyOf(tool)]: written(sum) },
      result,
      answer: `${written(sum)} = ${result}.`,
    };
  },
};

const clock: ToolKind = {
  name: "clock",
  missing: "I cannot know the time. I have no clock tool.",
  define: (random, split) =>
    definition(random, split, {
      names: ["clock", "clock", "get_time", "time", "local_time", "now"],
      keys: random.chance(0.7) ? ["city", "place", "town"] : [],
      texts: clockTexts,
    }),
  use(random, split, tool) {
    const key = keyOf(tool);
    const result = `${String(random.int(24)).padStart(2, "0")}:${String(random.int(60)).padStart(2, "0")}`;
    const wording = wordingOf(key === "" ? timeHere : timeThere, split, random);
    if (wording === undefined) return undefined;
    if (key === "")
      return { ask: say(wording, {}, { random, split }), arguments: {}, result, answer: `It is ${result}.` };
    const x = townOf(random, split);
    return {
      ask: sayExactly(wording, { x }, { random, split }),
      arguments: { [key]: x },
      result,
      answer: `In ${x} it is ${result}.`,
    };
  },
};

const weather: ToolKind = {
  name: "weather",
  missing: "I cannot know the weather. I have no weather tool.",
  define: (random, split) =>
    definition(random, split, {
      names: ["weather", "weather", "get_weather", "forecast", "sky", "weather_report"],
      keys: ["city", "place", "location", "town"],
      texts: weatherTexts,
    }),
  use(random, split, tool) {
    const wording = wordingOf(weatherThere, split, random);
    if (wording === undefined) return undefined;
    const x = townOf(random, split);
    const degrees = random.between(-15, 38);
    const sky = random.pick(skies);
    const asJson = random.chance(0.35);
    const [skyKey, degreesKey] = [
      random.pick(["sky", "weather", "condition"]),
      random.pick(["degrees", "temperature"]),
    ];
    return {
      ask: sayExactly(wording, { x }, { random, split }),
      arguments: { [keyOf(tool)]: x },
      result: asJson
        ? JSON.stringify(
            random.chance(0.5) ? { [skyKey]: sky, [degreesKey]: degrees } : { [degreesKey]: degrees, [skyKey]: sky },
          )
        : random.pick([`${sky}, ${degrees} degrees`, `${degrees} degrees, ${sky}`, `${sky} and ${degrees} degrees`]),
      answer: `In ${x} it is ${sky}, ${degrees} degrees.`,
    };
  },
};

/** All kinds. */
export const toolKinds: readonly ToolKind[] = [calculator, clock, weather];

/** Tools that nothing in the world needs; they are offered beside the others. */
export function uselessTool(random: Random): ToolDefinition {
  const [name, description, key] = random.pick(useless);
  return tool(name, description, key === "" ? [] : [key]);
}

// --- internal ---

/** Words for the sky; a result is copied, so any word would do. */
const skies: readonly string[] = [
  "sunny",
  "cloudy",
  "rainy",
  "windy",
  "foggy",
  "snowy",
  "stormy",
  "clear",
  "dry",
  "cold",
  "warm",
  "humid",
  "light rain",
  "heavy snow",
  "hot",
  "grey",
  "showers",
  "thunder",
  "overcast",
  "icy",
];

const useless: readonly (readonly [string, string, string])[] = [
  ["send_mail", "Sends a mail.", "text"],
  ["search", "Searches the web.", "query"],
  ["translate", "Translates a text.", "text"],
  ["play_music", "Plays a song.", "song"],
  ["set_alarm", "Sets an alarm.", "minutes"],
  ["light", "Turns the light on or off.", "state"],
  ["open_door", "Opens the door.", ""],
  ["news", "Gives the news of today.", "topic"],
  ["call_phone", "Calls a number.", "number"],
  ["timer", "Starts a timer.", "seconds"],
];

const calculatorTexts = phrasings([
  "!calculates an arithmetic expression.",
  "[calculates|computes|evaluates|works out|solves|gives the value of] [an expression|a sum|an arithmetic expression|a formula|an expression with two numbers|large sums|arithmetic].",
  "[a calculator|exact arithmetic|does arithmetic|a pocket calculator|for sums that are too hard|the result of an expression].",
]);
const clockTexts = phrasings([
  "!tells the time.",
  "[tells|gives|returns|says|reads|shows|looks up] the [time|current time|local time|time of day|time now|hour].",
  "[a clock|the current time|the time now|what time it is|asks the clock].",
]);
const weatherTexts = phrasings([
  "!tells the weather in a city.",
  "[tells|gives|returns|says|shows|looks up|reports] the [weather|current weather|weather now|weather of today|temperature and the sky] [in a city|of a city|at a place|for a place|somewhere|].",
  "[a weather report|the current weather|weather forecast|today's weather|asks the weather station].",
]);

const timeHere = phrasings([
  "!what time is it",
  "!what is the time",
  "[what time is it|what is the time|what's the time|how late is it|what hour is it] [now|right now|please|at the moment|here]",
  "[tell me|give me|say|please tell me|i need|show me] the [time|current time|hour|exact time].",
  "[can you|could you|would you|please] [tell me|give me|check|look up] [the time|what time it is|the current time|how late it is].",
  "do you [know what time it is|have the time|know the time]",
  "[is it late|is it late already|is it already noon|is it noon yet]",
]);
const timeThere = phrasings([
  "!what time is it in {x}",
  "!what is the time in {x}",
  "[what time is it|what is the time|what's the time|how late is it|what hour is it] [now|right now|at the moment|] in {x} [now|please|]",
  "[tell me|give me|say|please tell me|i need|show me] the [time|current time|local time] in {x}.",
  "[can you|could you|please] [tell me|give me|check|look up] [the time|what time it is|the current time|how late it is] in {x}.",
  "do you know [what time it is|the time|how late it is] in {x}",
  "in {x}, [what time is it|how late is it]",
  "i [call|want to call|must phone] a friend in {x}. [what time is it there|how late is it there]",
]);
const weatherThere = phrasings([
  "!what is the weather in {x}",
  "!how is the weather in {x}",
  "!what's the weather like in {x}",
  "[what is|what's|how is|how's] the weather [like|] [in|over in|today in|now in|right now in|currently in] {x} [today|now|please|]",
  "[tell me|give me|say|please tell me|i need|show me] the [weather|current weather|weather report] [in|for|of] {x}.",
  "[can you|could you|please] [tell me|give me|check|look up] [the weather|how the weather is|the current weather] in {x}.",
  "do you know [the weather|how the weather is|what the weather is like] in {x}",
  "[is it|is it going to be] [raining|sunny|cold|warm|snowing|hot|windy|nice|cloudy] in {x} [today|now|]",
  "how [cold|warm|hot] is it in {x} [today|now|]",
  "[do i need|should i take|must i take] [an umbrella|a coat|a hat|sunglasses] in {x} [today|]",
  "i [go|fly|travel|drive] to {x} [today|]. how is the weather there",
  "what is the temperature in {x} [now|today|]",
  "{x}: [how is the weather|what is the weather|weather]",
  "weather in {x}",
]);

interface Shape {
  readonly names: readonly string[];
  readonly keys: readonly string[];
  readonly texts: ReturnType<typeof phrasings>;
}

function definition(random: Random, split: Split, { names, keys, texts }: Shape): ToolDefinition {
  const text = wordingOf(texts, split, random) ?? wordingOf(texts, "train", random)!;
  // A name that nobody has met can only be read off the offer.
  const name = random.chance(0.12) ? madeUpName(random).toLowerCase() : random.pick(names);
  return tool(name, capitalized(text), keys.length === 0 ? [] : [random.pick(keys)]);
}

function tool(name: string, description: string, keys: readonly string[]): ToolDefinition {
  const properties = Object.fromEntries(keys.map((key) => [key, { type: "string" }]));
  return { name, description, parameters: { type: "object", properties, required: [...keys] } };
}

function keyOf({ parameters }: ToolDefinition): string {
  // Every definition of this file has a list of required names.
  const required = parameters?.required as readonly string[] | undefined;
  return required?.[0] ?? "";
}

function largeSum(random: Random): { a: number; operator: Operator; b: number } {
  const operator = random.pick(["+", "-", "*", "*", "/"] as const);
  const large = (): number => random.between(10 ** random.between(2, 3), random.pick([999, 9999, 99999]));
  if (operator === "*" && random.chance(0.5)) {
    return { a: random.between(11, 99), operator, b: random.between(random.chance(0.5) ? 2 : 11, 99) };
  }
  if (operator === "/") {
    const b = random.between(random.chance(0.5) ? 2 : 11, 99);
    return { a: b * random.between(11, 99), operator, b };
  }
  return random.chance(0.7) ? { a: large(), operator, b: large() } : { a: large(), operator, b: random.between(1, 99) };
}
