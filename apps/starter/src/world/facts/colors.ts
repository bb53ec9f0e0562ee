/** Things and their colours. `is` agrees with the name. */
interface ColoredThing {
  readonly x: string;
  readonly is: "is" | "are";
  readonly color: string;
}

export const colors: readonly string[] = [
  "red",
  "orange",
  "yellow",
  "green",
  "blue",
  "purple",
  "brown",
  "black",
  "white",
  "grey",
  "pink",
];

export const coloredThings: readonly ColoredThing[] = [
  ...many("orange", ["oranges", "carrots", "pumpkins", "apricots", "mandarins"]),
  ...many("yellow", ["bananas", "lemons", "sunflowers", "ducklings", "canaries"]),
  ...many("red", ["strawberries", "cherries", "tomatoes", "raspberries", "fire engines", "poppies", "ladybirds"]),
  ...many("green", ["limes", "cucumbers", "leaves", "frogs", "peas", "avocados", "pine trees", "crocodiles", "kiwis"]),
  ...many("blue", ["blueberries", "cornflowers", "blue whales", "sapphires"]),
  ...many("purple", ["plums", "aubergines", "violets", "figs"]),
  ...many("brown", ["potatoes", "chestnuts", "bears", "coconuts", "walnuts", "tree trunks"]),
  ...many("black", ["crows", "ravens", "blackberries", "panthers", "olives"]),
  ...many("white", ["swans", "polar bears", "sheep", "clouds", "daisies", "eggs", "bones"]),
  ...many("grey", ["elephants", "mice", "dolphins", "donkeys", "stones"]),
  ...many("pink", ["flamingos", "pigs", "peaches"]),
  ...one("blue", ["the sky", "the sea"]),
  ...one("green", ["grass", "spinach"]),
  ...one("white", ["snow", "milk", "salt", "sugar", "rice"]),
  ...one("black", ["coal", "night"]),
  ...one("yellow", ["the sun", "butter", "corn", "gold"]),
  ...one("red", ["blood", "ketchup", "a stop sign"]),
  ...one("brown", ["chocolate", "coffee", "earth"]),
  ...one("grey", ["the moon", "iron", "ash"]),
];

/** A fruit: the colours of ripe ones, and of those that are not ripe yet. */
interface Fruit {
  readonly fruit: string;
  readonly ripe: readonly string[];
  readonly unripe: readonly string[];
}

export const fruits: readonly Fruit[] = [
  { fruit: "orange", ripe: ["orange", "green"], unripe: [] },
  { fruit: "banana", ripe: ["yellow"], unripe: ["green"] },
  { fruit: "apple", ripe: ["red", "green", "yellow"], unripe: [] },
  { fruit: "pear", ripe: ["green", "yellow"], unripe: [] },
  { fruit: "strawberry", ripe: ["red"], unripe: ["green", "white"] },
  { fruit: "cherry", ripe: ["red"], unripe: ["green"] },
  { fruit: "lemon", ripe: ["yellow"], unripe: ["green"] },
  { fruit: "tomato", ripe: ["red", "yellow"], unripe: ["green"] },
  { fruit: "plum", ripe: ["purple", "blue", "yellow"], unripe: ["green"] },
  { fruit: "grape", ripe: ["green", "blue", "purple"], unripe: [] },
  { fruit: "blueberry", ripe: ["blue"], unripe: ["green", "white"] },
  { fruit: "raspberry", ripe: ["red"], unripe: ["green", "white"] },
  { fruit: "mango", ripe: ["yellow", "red", "green"], unripe: [] },
  { fruit: "kiwi", ripe: ["green", "brown"], unripe: [] },
  { fruit: "peach", ripe: ["pink", "yellow", "orange"], unripe: ["green"] },
  { fruit: "apricot", ripe: ["orange", "yellow"], unripe: ["green"] },
  { fruit: "melon", ripe: ["green", "yellow"], unripe: ["white"] },
  { fruit: "fig", ripe: ["purple", "green"], unripe: [] },
];

/** Colours in which a fruit has gone bad. */
export const spoiltColors: readonly string[] = ["black", "grey"];

// --- internal ---

function many(color: string, names: readonly string[]): ColoredThing[] {
  return names.map((x) => ({ x, is: "are", color }));
}

function one(color: string, names: readonly string[]): ColoredThing[] {
  return names.map((x) => ({ x, is: "is", color }));
}
