import { animals } from "./animals.ts";
import { coloredThings } from "./colors.ts";

/** Real words that look like those of the world and are not in it: the model must not guess. */
export const nearWords = {
  animal:
    words(`giraffe, zebra, rhino, hippo, leopard, cheetah, panda, koala, hedgehog, mole, badger, otter, seal, walrus, moose, bison, buffalo,
llama, alpaca, gorilla, chimpanzee, lemur, sloth, beaver, hamster, guinea pig, ferret, weasel, bat, rat, lizard, gecko, chameleon, cobra, newt, toad,
salmon, trout, shark, tuna, eel, lobster, shrimp, snail, slug, worm, wasp, fly, mosquito, moth, dragonfly, beetle, cricket, stork, heron, pelican,
ostrich, emu, peacock, turkey, pigeon, sparrow, robin, falcon, vulture, woodpecker, magpie, cockroach, scorpion, jellyfish, starfish, tapir, lynx`),
  thing:
    words(`my car, your hat, the door, a taxi, mustard, the bus, my shirt, a guitar, the carpet, an umbrella, her dress, the curtain, a bicycle,
the flag of Spain, the flag of Japan, my eyes, his hair, the train, a tulip, an orchid, a mango tree, copper, bronze, honey, tea, wine, beer, jam,
the wall, our house, the roof, my phone, a whiteboard, jeans, a postbox, an emerald, an opal, sulfur, moss, lavender, a robin, a parrot, the couch`),
  word: words(`music, computer, table, justice, Monday, orange, window, bread, paper, letter, number, green, cat, river, telephone, breakfast, idea,
spoon, garden, police, ticket, mountain, pencil, forest, engine, kitchen, picture, water, sleep, memory, color, dream, doctor, island, weather`),
  shape: words(
    `cylinder, pyramid, cube, cone, sphere, star, trapezoid, heart, dodecahedron, prism, ellipse, parabola, spiral, torus, rhombicuboctahedron`,
  ),
  unit: words(
    `mile, gallon, pint, ounce, pound, yard, acre, barrel, knot, furlong, light year, fortnight, carat, volt, joule, watt, newton, hectare`,
  ),
  region:
    words(`Texas, California, Bavaria, Ontario, Quebec, Wales, Catalonia, Scotland's north, Sicily, Alaska, Hawaii, Florida, Ohio, Saxony, Tyrol,
Siberia, Africa, Europe, Asia, Tibet, Crete, Queensland, Normandy, Andalusia, Kansas, Nevada, Utah, Punjab, Kerala, Bali, the moon, Mars`),
} as const satisfies Record<string, readonly string[]>;

/** Questions in the form of the world's own about such words. */
export const nearQuestions: readonly (readonly [keyof typeof nearWords, readonly string[]])[] = [
  [
    "animal",
    [
      "!what does a {x} say",
      "!how many legs does a {x} have",
      "!what is a young {x} called",
      "!where does a {x} live",
      "what [sound|noise] does a {x} make",
      "[what do you call|what is the name of] a [young|baby] {x}",
      "what [color|colour] is a {x}",
      "[tell me|say] [where a {x} lives|how many legs a {x} has|what a {x} eats].",
      "what does a {x} [eat|drink|do in winter]",
      "how [fast|big|old|heavy] is a {x}",
      "[can|may] i [keep|eat|feed] a {x}",
      "[where can i see|how do i find|what do i need for] a {x}",
    ],
  ],
  [
    "thing",
    [
      "!what [color|colour] is {x}",
      "!what is the [color|colour] of {x}",
      "[which|what] [color|colour] [has|does] {x} [have|]",
      "[tell me|say] the [color|colour] of {x}.",
      "is {x} [red|blue|green|yellow|black|white]",
    ],
  ],
  [
    "word",
    [
      "!what is the opposite of {x}",
      "[tell me|name|say] the opposite of {x}.",
      "what rhymes with {x}",
      "[which|what] word means the same as {x}",
      "what is the [plural|origin|history] of the word {x}",
    ],
  ],
  [
    "shape",
    [
      "how many [sides|corners|edges|faces] does a {x} have",
      "what is the [volume|area|surface] of a {x}",
      "how do i [draw|build|measure] a {x}",
    ],
  ],
  [
    "unit",
    [
      "how many [meters|liters|grams|seconds|kilometers|feet|inches|things] are in a {x}",
      "how [long|heavy|large|much] is a {x}",
      "convert a {x} to [meters|liters|grams|kilograms].",
    ],
  ],
  [
    "region",
    [
      "what is the capital of {x}",
      "[tell me|name|say] the capital of {x}.",
      "which city is the capital of {x}",
      "how [far|big|cold|old] is {x}",
      "who [rules|governs|discovered] {x}",
    ],
  ],
];

/** Words of all the rest of the world, from which questions of many forms are made. */
export const wideNouns: readonly string[] =
  words(`minister, committee, engine, treaty, hormone, orchestra, satellite, bacteria, lawyer, senate, glacier, harvest, currency,
empire, novel, sculpture, symphony, theorem, molecule, reactor, election, census, parliament, marriage, court, judge, verdict, budget, tariff, market,
factory, railway, canal, harbor, bishop, monk, temple, mosque, cathedral, prophet, saint, knight, duke, revolution, siege, army, navy, bomber, tank,
spy, refugee, strike, union, pension, insurance, hospital, surgeon, vaccine, fever, kidney, liver, spine, muscle, nerve, retina, enzyme, gene, cell,
fossil, volcano, earthquake, hurricane, desert, rainforest, coral reef, iceberg, planet, comet, orbit, rocket, telescope, laser, battery, turbine,
transistor, algorithm, database, compiler, router, password, browser, keyboard, virus, cartoon, actor, director, audience, concert, opera, ballet,
sonata, guitar, trumpet, drummer, melody, festival, museum, gallery, poster, newspaper, editor, reporter, camera, striker, goalkeeper, referee, stadium,
medal, tournament, marathon, cyclist, skater, boxer, recipe, oven, spice, cheese, vineyard, brewery, restaurant, waiter, tailor, fashion, perfume,
diamond, necklace, furniture, carpet, plumber, mortgage, landlord, tenant, passport, border, visa, embassy, suitcase, airline, cruise, hostel, temple
gate, philosopher, poet, painter, composer, inventor, astronaut, sailor, emperor, dynasty, colony, plantation, slave trade, pharaoh, gladiator, viking`);
export const wideVerbs: readonly string[] =
  words(`change, break, build, win, lose, invent, discover, destroy, paint, write, explain, measure, sell, buy, repair, cook, heal,
grow, burn, sink, fly, vote, resign, collapse, explode, shrink, expand, freeze, melt, dissolve, divide, attack, defend, invade, escape, marry, betray, rescue,
govern, tax, import, export, harvest, hunt, train, coach, publish, translate, film, record, compose, dance, protest, negotiate, vaccinate, operate, inherit`);
export const wideNames: readonly string[] =
  words(`Brussels, Vatican, Nobel, Tolkien, Hitchcock, Kennedy, Lenin, Churchill, Darwin, Bismarck, Caesar, Magellan, Verdi, Wagner, Monet,
Dali, Chaplin, Orwell, Huxley, Kafka, Rilke, Byron, Keats, Homer, Virgil, Sappho, Cicero, Seneca, Spinoza, Hegel, Hume, Locke, Newton, Faraday, Maxwell, Curie,
Fermi, Turing, Gates, Bezos, Federer, Nadal, Ronaldo, Zidane, Jordan, Bolt, Phelps, Senna, Adele, Bowie, Prince, Sinatra, Callas, Pavarotti, NASA, UNESCO, NATO, IBM, BMW`);

/** Forms for them: `n` and `m` are nouns, `v` a verb, `p` a name. */
export const wideQuestions: readonly string[] = [
  "[why|how|when|where] did the {n} {v} the {m}",
  "[why|how|when|where] did {p} {v} the {n}",
  "[why|when|how] will the {n} {v}",
  "how does a {n} {v}",
  "who [was|is] the [first|last|best|worst|youngest|richest] {n} of {p}",
  "what [is|was] the [name|age|price|purpose|origin|fate|role|cause|future] of the {n}",
  "which {n} did {p} {v}",
  "how many {n} [experts|rules|parts|types|cases] [exist|are known|did {p} count]",
  "did {p} [ever|really|often|] {v} a {n}",
  "what [happens|happened] [to|after|before|during] the {n} [of {p}|]",
  "is the {n} [better|older|safer|more important|cheaper] than the {m}",
  "what is the [difference|relation|link|conflict] between a {n} and a {m}",
  "[explain|describe|discuss|analyze] the {n} [of {p}|and the {m}|].",
  "[tell me|teach me|i want to know|i am curious] [about|everything about|more about] the {n} [of {p}|].",
  "can a {n} {v} [a {m}|]",
  "how do i {v} a {n}",
  "how can [i|we|one] {v} the {n} without a {m}",
  "should [i|we|a {n}] {v} the {m}",
  "[who|which {n}] [can|will|must|may] {v} the {m}",
  "what did the {n} {v} in [1850|1912|1933|1968|1991|2005|2015]",
  "why is the {n} [so|not|always|never] [famous|important|expensive|popular|dangerous|old]",
  "what does the {n} [mean|cost|do|need|show|prove]",
  "[what are|list|name] the [rules|parts|causes|effects|dangers|benefits|kinds] of a {n}",
  "who [pays|owns|controls|designed|leads|needs] the {n} [of {p}|]",
  "where [is|was] the {n} of {p}",
  "when [is|was] the {n} of {p}",
  "my {n} [hurts|is broken|is gone|is too slow|does not {v}]. what [now|can i do|should i do]",
  "[is|was] {p} a {n}",
  "what did {p} [say|think|write] about the {n}",
  "[give me|name|list|i need] [three|five|ten|some] [facts|examples|books|ideas] [about|for|on] the {n}.",
  "{p} [and|or] {p2}: who was the better {n}",
  "according to {p}, what is a {n}",
  "in [which|what] [city|year|country|book] did {p} {v} the {n}",
  "whose {n} [did|does] {p} {v}",
];

// --- internal ---

/** Words of a list that the world does not have. */
function words(text: string): readonly string[] {
  const known = new Set([...animals.map(({ animal }) => animal), ...coloredThings.map(({ x }) => x)]);
  return text
    .split(",")
    .map((word) => word.trim().replace(/\s+/g, " "))
    .filter((word) => !known.has(word));
}
