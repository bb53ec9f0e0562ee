import type { Exchange, ExchangeTask } from "../exchange.ts";
import { coloredThings, colors, fruits, spoiltColors } from "../facts/colors.ts";
import { phrasings, wordingOf } from "../phrasing.ts";
import type { Random } from "../random.ts";
import { capitalized, say, withArticle } from "../say.ts";
import type { Split } from "../split.ts";

/** Wordings of the question for a colour. */
export const colorWordings = phrasings([
  "![what color|what colour] {is} {x}",
  "!what is the [color|colour] of {x}",
  "[what is|what's|whats] the [usual|normal|typical|natural|] [color|colour] of {x}",
  "[which|what] [color|colour] [{is}|{do} you think {is}] {x}",
  "[which|what] [color|colour] {do} {x} [have|usually have|normally have]",
  "{x} {is} [what|which] [color|colour]",
  "[tell me|say|give me|name|state] the [color|colour] of {x}.",
  "[please tell me|can you tell me|could you tell me|i want to know|i would like to know] the [color|colour] of {x}.",
  "[do you know|can you say|can you tell me|tell me|i wonder|please say] [what|which] [color|colour] {x} {is}",
  "[in|of] [what|which] [color|colour] {is} {x}",
  "the [color|colour] of {x}",
  "{x}: [what color|what colour|which color]",
  "[if you look at|think of|take] {x}, [what|which] [color|colour] do you see",
  "how would you [describe|name|call] the [color|colour] of {x}",
  "what [color|colour] should i [paint|draw|color] {x}",
  "i want to [paint|draw] {x}. [what|which] [color|colour] do i [need|take|use]",
  "my [son|daughter|child|friend] asks [what|which] [color|colour] {x} {is}.",
  "[complete|finish|fill in]: {x} {is} [...|___]",
]);

/** The colours of things. */
export const colorTask: ExchangeTask = {
  name: "colors",
  weight: 8,
  make(random, split) {
    const thing = random.pick(coloredThings);
    const { x, is, color } = thing;
    if (random.chance(0.6)) {
      const wording = wordingOf(colorWordings, split, random);
      if (wording === undefined) return undefined;
      return {
        ask: say(wording, { x, is, do: is === "are" ? "do" : "does" }, { random, split }),
        answer: `${capitalized(x)} ${is} ${color}.`,
        brief: `${capitalized(color)}.`,
      };
    }
    const wording = wordingOf(guessed, split, random);
    if (wording === undefined) return undefined;
    const guess = random.chance(0.5) ? color : random.pick(colors);
    const yes = guess === color;
    return {
      ask: say(wording, { x, is, guess }, { random, split }),
      answer: `${yes ? "Yes" : "No"}, ${x} ${is} ${color}.`,
      brief: yes ? "Yes." : "No.",
    };
  },
};

/** Whether a fruit of some colour can be eaten. */
export const fruitTask: ExchangeTask = {
  name: "fruit",
  weight: 6,
  make: (random, split) => fruitExchange(random, split),
};

// --- internal ---

const guessed = phrasings([
  "!{is} {x} {guess}",
  "{is} {x} [really|usually|normally|always|mostly] {guess}",
  "{is} the [color|colour] of {x} {guess}",
  "{x} {is} {guess}, [right|correct|true|is that right|yes or no]",
  "is it [true|right|correct] that {x} {is} {guess}",
  "[i think|i believe|i say|my friend says|someone told me|i heard] {x} {is} {guess}. is that [right|true|correct]",
  "[true or false|right or wrong]: {x} {is} {guess}.",
  "would you [say|agree] that {x} {is} {guess}",
]);

const eaten = phrasings([
  "!may i eat {a_color_fruit}",
  "!can i eat {a_color_fruit}",
  "[can|may|should|could] [i|we|you|one|people|my child] eat {a_color_fruit}",
  "is it [ok|okay|fine|good|safe|all right] to eat {a_color_fruit}",
  "is {a_color_fruit} [ripe|good|ok|fine|ready|good to eat|fine to eat|ready to eat|safe to eat|edible]",
  "[i have|i found|i bought|there is|here is|she gave me|i see] {a_color_fruit}. [can|may|should] i eat it",
  "[my|this|the] {fruit} is {color}. [can|may|should] i eat it",
  "[my|this|the] {fruit} is {color}. is it [ripe|good|ok|fine]",
  "would you eat {a_color_fruit}",
  "what about eating {a_color_fruit}",
  "do you think {a_color_fruit} is [ripe|good|fine|ok]",
  "[i want|i would like] to eat {a_color_fruit}. is that [ok|fine|a good idea]",
]);

function fruitExchange(random: Random, split: Split): Exchange | undefined {
  const wording = wordingOf(eaten, split, random);
  if (wording === undefined) return undefined;
  const { fruit, ripe, unripe } = random.pick(fruits);
  const color = random.pick(random.chance(0.6) ? [...ripe, ...unripe] : colors);
  const colored = `${color} ${fruit}`;
  const a = withArticle(colored);
  const verdict = ripe.includes(color)
    ? { answer: `Yes, ${a} is good to eat.`, brief: "Yes." }
    : unripe.includes(color)
      ? { answer: `No, ${a} is not ripe yet.`, brief: "No." }
      : spoiltColors.includes(color)
        ? { answer: `No, ${a} has gone bad.`, brief: "No." }
        : { answer: `No, I have never heard of ${a}.`, brief: "No." };
  return { ask: say(wording, { a_color_fruit: a, fruit, color }, { random, split }), ...verdict };
}
