import { factTask, fixedQuestion } from "../fact-task.ts";
import { days, months, seasons } from "../facts/words.ts";
import { phrasings } from "../phrasing.ts";
import { capitalized } from "../say.ts";

const dayFacts = days.map((x, index) => ({
  x,
  next: days[(index + 1) % 7]!,
  before: days[(index + 6) % 7]!,
  weekend: index > 4 ? "Yes" : "No",
  kind: index > 4 ? "in the weekend" : "a working day",
}));
const monthFacts = months.map(([x, count], index) => ({
  x,
  count: String(count),
  next: months[(index + 1) % 12]![0],
  before: months[(index + 11) % 12]![0],
  number: String(index + 1),
  season: seasons.find((season) => season.months.includes(x))!.season,
  Season: capitalized(seasons.find((season) => season.months.includes(x))!.season),
}));
const seasonFacts = seasons.map(({ season, weather }, index) => ({
  x: season,
  X: capitalized(season),
  weather,
  Weather: capitalized(weather),
  next: seasons[(index + 1) % 4]!.season,
  Next: capitalized(seasons[(index + 1) % 4]!.season),
  before: seasons[(index + 3) % 4]!.season,
  Before: capitalized(seasons[(index + 3) % 4]!.season),
}));

const afterWordings = [
  "![what|which] {kind} comes after {x}",
  "[what|which {kind}] [is after|follows|comes after|comes next after|comes right after] {x}",
  "what comes [after|next after] {x}",
  "[which|what] is the {kind} after {x}",
  "[which|what] is the next {kind} after {x}",
  "[tell me|name|say] the {kind} [after|that follows|that comes after] {x}.",
  "[do you know|can you tell me|tell me] [which|what] {kind} [follows|comes after] {x}",
  "after {x} comes [what|which {kind}]",
];
const beforeWordings = [
  "![what|which] {kind} comes before {x}",
  "[what|which {kind}] [is before|comes before|comes right before|comes just before] {x}",
  "what comes before {x}",
  "[which|what] is the {kind} before {x}",
  "[tell me|name|say] the {kind} [before|that comes before] {x}.",
  "[do you know|can you tell me|tell me] [which|what] {kind} [is|comes] before {x}",
  "before {x} comes [what|which {kind}]",
];

/** Wordings of the question for the days of a month. */
export const monthWordings = phrasings([
  "!how many days does {x} have",
  "!how many days are in {x}",
  "how many days [are there in|has|does the month of] {x}",
  "[tell me|say|give me] the number of days in {x}.",
  "how long is [the month of|the month|] {x}",
  "[do you know|can you tell me|tell me] how many days {x} has",
  "what is the number of days [in|of] {x}",
]);

/** Days, months, seasons. */
export const calendarTask = factTask("calendar", 6, [
  { weight: 4, facts: dayFacts, ask: about("day", afterWordings), answer: "After {x} comes {next}.", brief: "{next}." },
  {
    weight: 4,
    facts: dayFacts,
    ask: about("day", beforeWordings),
    answer: "Before {x} comes {before}.",
    brief: "{before}.",
  },
  {
    weight: 4,
    facts: monthFacts,
    ask: about("month", afterWordings),
    answer: "After {x} comes {next}.",
    brief: "{next}.",
  },
  {
    weight: 4,
    facts: monthFacts,
    ask: about("month", beforeWordings),
    answer: "Before {x} comes {before}.",
    brief: "{before}.",
  },
  {
    weight: 2,
    facts: seasonFacts,
    ask: about("season", afterWordings),
    answer: "After {x} comes {next}.",
    brief: "{Next}.",
  },
  {
    weight: 2,
    facts: seasonFacts,
    ask: about("season", beforeWordings),
    answer: "Before {x} comes {before}.",
    brief: "{Before}.",
  },
  {
    weight: 4,
    facts: monthFacts,
    ask: monthWordings,
    answer: "{x} has {count} days.",
    brief: "{count}.",
  },
  {
    weight: 3,
    facts: monthFacts,
    ask: phrasings([
      "!in which season is {x}",
      "[which|what] season is [it in|in|] {x}",
      "[to|in] [which|what] season does {x} [belong|fall]",
      "[which|what] season does {x} belong to",
      "{x} is in [which|what] season",
      "is {x} in [spring, summer, autumn or winter|winter or in summer|summer or in winter]",
      "[tell me|name|say] the season of {x}.",
    ]),
    answer: "{x} is in {season}.",
    brief: "{Season}.",
  },
  {
    weight: 2,
    facts: monthFacts,
    ask: phrasings([
      "![which|what] number [is|has] the month [of|] {x}",
      "[which|what] number in the year is {x}",
      "what is the number of the month {x}",
      "is {x} the first, the second or which month",
    ]),
    answer: "{x} is month number {number}.",
    brief: "{number}.",
  },
  {
    weight: 2,
    facts: monthFacts,
    ask: phrasings([
      "![which|what] is month number {number}",
      "[which|what] month has the number {number}",
      "[name|tell me|say] [month number {number}|the month with the number {number}].",
      "[which|what] month is number {number} [of|in] the year",
    ]),
    answer: "Month number {number} is {x}.",
    brief: "{x}.",
  },
  {
    weight: 2,
    facts: dayFacts,
    ask: phrasings([
      "!is {x} in the weekend",
      "is {x} [part of|on] the weekend",
      "is {x} a [working day|work day|weekday|school day] or [in the weekend|the weekend]",
      "does {x} belong to the weekend",
      "is {x} a weekend day",
    ]),
    answer: "{x} is {kind}.",
  },
  {
    weight: 2,
    facts: seasonFacts,
    ask: phrasings([
      "!how is the weather in {x}",
      "what is the weather [usually|normally|often|] like in {x}",
      "what weather does {x} [bring|have]",
      "is it [warm or cold|cold or warm] in {x}",
      "how does {x} feel",
    ]),
    answer: "In {x} it is often {weather}.",
    brief: "{Weather}.",
  },
  {
    ...fixedQuestion(
      phrasings([
        "!what are the days of the week",
        "[name|list|tell me|say|give me|write] [all|all the|the] [days|seven days] of [the|a] week.",
        "which days [are in|does|make] a week [have|]",
        "can you [name|list] the days of the week",
      ]),
      "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday.",
    ),
    weight: 1,
  },
  {
    ...fixedQuestion(
      phrasings([
        "!what are the months of the year",
        "[name|list|tell me|say|give me|write] [all|all the|the] [months|twelve months] of [the|a] year.",
        "which months [are in|make] a year",
        "can you [name|list] the months of the year",
      ]),
      "January, February, March, April, May, June, July, August, September, October, November, December.",
    ),
    weight: 1,
  },
  {
    ...fixedQuestion(
      phrasings([
        "!what are the four seasons",
        "[name|list|tell me|say|give me|write] [all|all the|the] [seasons|four seasons].",
        "which seasons [are there|do you know|does a year have]",
        "can you [name|list] the seasons",
      ]),
      "Spring, summer, autumn and winter.",
    ),
    weight: 1,
  },
  {
    ...fixedQuestion(
      phrasings([
        "![what|which] is the [first|1st] day of the week",
        "[with|on] which day does the week [begin|start]",
        "what day does the week start [with|on]",
      ]),
      "The week begins with Monday.",
      "Monday.",
    ),
    weight: 1,
  },
  {
    ...fixedQuestion(
      phrasings([
        "![what|which] is the shortest month",
        "[which|what] month [is the shortest|has the fewest days|is the shortest of the year]",
        "[name|tell me] the shortest month [of the year|].",
      ]),
      "The shortest month is February.",
      "February.",
    ),
    weight: 1,
  },
]);

// --- internal ---

function about(kind: string, wordings: readonly string[]) {
  return phrasings(wordings.map((wording) => wording.replaceAll("{kind}", kind)));
}
