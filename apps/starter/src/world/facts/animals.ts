/** An animal: its name with article, in plural, its young, its sound, its legs, its home. `-` where nobody says so. */
export interface Animal {
  readonly animal: string;
  readonly animals: string;
  readonly young: string;
  readonly sound: string;
  readonly legs: string;
  readonly home: string;
}

export const animals: readonly Animal[] = `
cat|cats|kitten|meow|four|in a house
dog|dogs|puppy|woof|four|in a house
cow|cows|calf|moo|four|on a farm
horse|horses|foal|neigh|four|in a stable
sheep|sheep|lamb|baa|four|on a meadow
goat|goats|kid|bleat|four|on a farm
pig|pigs|piglet|oink|four|in a sty
hen|hens|chick|cluck|two|on a farm
duck|ducks|duckling|quack|two|on a pond
goose|geese|gosling|honk|two|on a lake
swan|swans|cygnet|-|two|on a lake
owl|owls|owlet|hoot|two|in a wood
crow|crows|-|caw|two|in a tree
bee|bees|larva|buzz|six|in a hive
ant|ants|-|-|six|in an anthill
spider|spiders|spiderling|-|eight|in a web
frog|frogs|tadpole|croak|four|in a pond
fish|fish|-|-|no|in the water
snake|snakes|-|hiss|no|in the grass
lion|lions|cub|roar|four|in the savanna
tiger|tigers|cub|roar|four|in the jungle
bear|bears|cub|growl|four|in a forest
wolf|wolves|pup|howl|four|in a forest
fox|foxes|cub|bark|four|in a den
deer|deer|fawn|-|four|in a forest
rabbit|rabbits|bunny|-|four|in a burrow
mouse|mice|-|squeak|four|in a hole
elephant|elephants|calf|trumpet|four|in the savanna
whale|whales|calf|-|no|in the sea
dolphin|dolphins|calf|click|no|in the sea
kangaroo|kangaroos|joey|-|two|in Australia
penguin|penguins|chick|-|two|on the ice
polar bear|polar bears|cub|growl|four|on the ice
camel|camels|calf|-|four|in the desert
monkey|monkeys|-|chatter|four|in the jungle
squirrel|squirrels|-|-|four|in a tree
donkey|donkeys|foal|hee-haw|four|on a farm
eagle|eagles|eaglet|screech|two|on a mountain
butterfly|butterflies|caterpillar|-|six|on a meadow
crab|crabs|-|-|ten|on the beach
octopus|octopuses|-|-|eight|in the sea
turtle|turtles|hatchling|-|four|in the water
`
  .trim()
  .split("\n")
  .map((line) => {
    const [animal = "", plural = "", young = "", sound = "", legs = "", home = ""] = line.split("|");
    return { animal, animals: plural, young, sound, legs, home };
  });
