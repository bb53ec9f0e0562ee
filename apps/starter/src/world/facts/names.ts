import type { Random } from "../random.ts";
import { type Split, splitOf } from "../split.ts";

const firstNames: readonly string[] =
  `Ada Adam Agnes Alan Albert Alex Alice Amir Amy Ana Andre Anna Anton Arthur Astrid Aya Ben Bella
Bertha Bill Bo Bob Boris Carl Carla Carmen Cecilia Chen Chloe Clara Claude Cleo Cora Dan Daisy Daniel David Dora Edgar Edith Elena
Eli Elias Ella Elsa Emil Emily Emma Eric Eva Eve Felix Fiona Finn Flora Frank Freya Fritz Gabriel George Gina Grace Greta Gus Hana
Hannah Hans Harry Heidi Helen Henry Hugo Ida Igor Ines Ingrid Ira Irene Isaac Ivan Ivy Jack Jacob Jade James Jane Jasper Jim Joan
Joe Johanna John Jonas Jose Julia Jun Kai Karim Kate Ken Kim Klara Kofi Lara Laura Lea Leo Lena Liam Lily Lin Linda Lisa Louis Lucas
Lucy Luis Luke Luna Maja Mara Marco Maria Mark Martha Martin Mary Mateo Max Maya Mei Mia Mila Milo Mina Moritz Nadia Nadine Naomi
Nico Nina Noah Nora Olaf Olga Oliver Omar Oscar Otto Paul Paula Pedro Petra Philip Pia Rana Ravi Rita Robert Rosa Ruth Sam Samira
Sara Sasha Simon Sofia Stefan Sue Susan Tara Ted Tess Theo Thomas Tim Tina Tom Ursula Vera Victor Viola Walter Wanda Will Xenia Yara
Yuki Zara Zoe`.split(/\s+/);

const starts = [
  "B",
  "Br",
  "C",
  "D",
  "Dr",
  "F",
  "G",
  "Gr",
  "H",
  "J",
  "K",
  "Kr",
  "L",
  "M",
  "N",
  "P",
  "Qu",
  "R",
  "S",
  "Sh",
  "St",
  "T",
  "Tr",
  "V",
  "W",
  "Y",
  "Z",
  "",
  "Th",
  "Sk",
];
const vowels = ["a", "e", "i", "o", "u", "a", "o", "ee", "ai", "ou", "y"];
const middles = [
  "b",
  "d",
  "f",
  "g",
  "k",
  "l",
  "m",
  "n",
  "p",
  "r",
  "s",
  "t",
  "v",
  "z",
  "ll",
  "nd",
  "rt",
  "mb",
  "st",
  "x",
  "sh",
  "lk",
  "rr",
];
const ends = ["", "", "n", "r", "s", "l", "m", "x", "k", "th", "nd", "sk", "t"];

/** A word that nobody has seen: a capital and some syllables. It is copied, never known. */
export function madeUpName(random: Random): string {
  let name = random.pick(starts) + random.pick(vowels);
  for (let count = random.between(0, 2); count > 0; count--) name += random.pick(middles) + random.pick(vowels);
  name += random.pick(ends);
  if (name.length < 3) name += "ra";
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A name of a split: often a common one, often a made-up one. */
export function nameOf(random: Random, split: Split): string {
  for (;;) {
    const name = random.chance(0.5) ? random.pick(firstNames) : madeUpName(random);
    if (splitOf(`name ${name}`) === split) return name;
  }
}
