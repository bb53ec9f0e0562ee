/** Pairs of opposites; each is asked in both directions. */
export const opposites: readonly (readonly [string, string])[] = `
hot cold, big small, up down, left right, day night, black white, fast slow, old young, happy sad, open closed, full empty,
hard soft, light dark, high low, long short, wet dry, rich poor, strong weak, near far, early late, clean dirty, loud quiet,
good bad, true false, inside outside, first last, easy difficult, thick thin, wide narrow, sweet sour, warm cool, begin end,
push pull, buy sell, win lose, laugh cry, love hate, give take, come go, yes no, always never, above below, front back,
north south, east west, friend enemy, peace war, question answer, heavy weightless, safe dangerous, deep shallow, cheap expensive,
awake asleep, brave afraid, smooth rough, sharp blunt, tight loose, asleep_ awake_, summer winter, boy girl, king queen, father mother
`
  .trim()
  .split(/,\s+/)
  .filter((pair) => !pair.includes("_"))
  .map((pair) => {
    const [a = "", b = ""] = pair.split(" ");
    return [a, b] as const;
  });

export const days: readonly string[] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** Months with their days. */
export const months: readonly (readonly [string, number])[] = [
  ["January", 31],
  ["February", 28],
  ["March", 31],
  ["April", 30],
  ["May", 31],
  ["June", 30],
  ["July", 31],
  ["August", 31],
  ["September", 30],
  ["October", 31],
  ["November", 30],
  ["December", 31],
];

/** Seasons in the north, with their months and their weather. */
export const seasons: readonly {
  readonly season: string;
  readonly weather: string;
  readonly months: readonly string[];
}[] = [
  { season: "spring", weather: "mild", months: ["March", "April", "May"] },
  { season: "summer", weather: "warm", months: ["June", "July", "August"] },
  { season: "autumn", weather: "windy", months: ["September", "October", "November"] },
  { season: "winter", weather: "cold", months: ["December", "January", "February"] },
];

/** Shapes with their sides and corners, in words. */
export const shapes: readonly { readonly shape: string; readonly sides: string }[] = [
  { shape: "triangle", sides: "three" },
  { shape: "square", sides: "four" },
  { shape: "rectangle", sides: "four" },
  { shape: "pentagon", sides: "five" },
  { shape: "hexagon", sides: "six" },
  { shape: "heptagon", sides: "seven" },
  { shape: "octagon", sides: "eight" },
  { shape: "circle", sides: "no" },
  { shape: "diamond", sides: "four" },
];

/** What one unit is made of. */
export const units: readonly { readonly small: string; readonly unit: string; readonly count: string }[] = [
  { small: "seconds", unit: "minute", count: "60" },
  { small: "minutes", unit: "hour", count: "60" },
  { small: "hours", unit: "day", count: "24" },
  { small: "days", unit: "week", count: "7" },
  { small: "months", unit: "year", count: "12" },
  { small: "days", unit: "year", count: "365" },
  { small: "weeks", unit: "year", count: "52" },
  { small: "years", unit: "decade", count: "10" },
  { small: "years", unit: "century", count: "100" },
  { small: "centimeters", unit: "meter", count: "100" },
  { small: "meters", unit: "kilometer", count: "1000" },
  { small: "millimeters", unit: "centimeter", count: "10" },
  { small: "grams", unit: "kilogram", count: "1000" },
  { small: "kilograms", unit: "ton", count: "1000" },
  { small: "milliliters", unit: "liter", count: "1000" },
  { small: "cents", unit: "euro", count: "100" },
  { small: "cents", unit: "dollar", count: "100" },
  { small: "things", unit: "dozen", count: "12" },
  { small: "bits", unit: "byte", count: "8" },
  { small: "seasons", unit: "year", count: "4" },
  { small: "years", unit: "millennium", count: "1000" },
  { small: "inches", unit: "foot", count: "12" },
];

/** Words to repeat. */
export const echoWords: readonly string[] =
  "I like to see the blue sky and green trees in summer my dog runs fast we are happy now two cats sleep here red apples taste good birds sing at night hello world open door small house big boat you can do it today rain falls on old stones".split(
    " ",
  );
