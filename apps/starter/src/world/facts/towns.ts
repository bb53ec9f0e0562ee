import type { Random } from "../random.ts";
import { type Split, splitOf } from "../split.ts";
import { capitals } from "./capitals.ts";
import { madeUpName } from "./names.ts";

const towns: readonly string[] =
  `Hamburg, Munich, Cologne, Dresden, Leipzig, Lyon, Nice, Marseille, Milan, Naples, Venice, Turin, Seville,
Valencia, Porto, Leeds, York, Bristol, Glasgow, Cardiff, Cork, Bergen, Malmo, Turku, Aarhus, Graz, Linz, Salzburg, Basel, Zurich, Geneva,
Ghent, Antwerp, Utrecht, Delft, Krakow, Gdansk, Brno, Split, Odesa, Lviv, Kazan, Izmir, Haifa, Osaka, Kyoto, Nagoya, Busan, Shanghai,
Mumbai, Chennai, Sydney, Perth, Auckland, Toronto, Montreal, Vancouver, Boston, Chicago, Denver, Dallas, Seattle, Miami, New York,
Los Angeles, San Francisco, Las Vegas, Rio de Janeiro, Sao Paulo, Santa Cruz, Cape Town, Casablanca, Hong Kong, Tel Aviv, Saint Petersburg`
    .split(",")
    .map((town) => town.trim().replace(/\s+/g, " "));

const firstParts = ["New", "Old", "Port", "North", "South", "Saint", "Bad", "Fort", "Upper", "Lake"];
const lastParts = ["ville", "ton", "burg", "field", "dorf", "ford", "haven", "stad", "wick", "land"];

/** A town of a split: a known one or a made-up one, of one word or two. */
export function townOf(random: Random, split: Split): string {
  for (;;) {
    const town = drawn(random);
    if (splitOf(`town ${town}`) === split) return town;
  }
}

function drawn(random: Random): string {
  const style = random.next();
  if (style < 0.25) return random.pick(capitals).city;
  if (style < 0.5) return random.pick(towns);
  if (style < 0.7) return madeUpName(random);
  if (style < 0.85) return madeUpName(random) + random.pick(lastParts);
  return `${random.pick(firstParts)} ${madeUpName(random)}`;
}
