import type { ToolDefinition } from "@palaver/core";
import { blockRandom } from "../data/block-source.ts";
import type { Lessons } from "../data/lessons.ts";

/** Who lives where in the smallest world. */
export const homes: readonly (readonly [name: string, place: string])[] = [
  ["Ada", "Rome"],
  ["Bo", "Oslo"],
  ["Cleo", "Lima"],
  ["Dan", "Bern"],
  ["Eve", "Kyiv"],
  ["Finn", "Cork"],
  ["Gus", "Nice"],
  ["Hal", "Graz"],
];

/** The one tool of the smallest world. */
export const clock: ToolDefinition = {
  name: "local_time",
  description: "The time in a city.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

/** A world small enough to be learnt in seconds: homes, the time by a tool, sums in code. */
export function smallLessons(seed: number): Lessons {
  const random = blockRandom(seed, 0);
  const home = (): readonly [string, string] => homes[Math.floor(random() * homes.length)]!;
  return {
    text: () => {
      const [name, place] = home();
      return `${name} lives in ${place}. Whoever asks for ${name} is sent to ${place}.`;
    },
    dialogue: () => {
      const [name, place] = home();
      if (random() < 0.5) {
        return {
          messages: [
            { role: "user", content: `Where does ${name} live?` },
            { role: "assistant", content: `${name} lives in ${place}.` },
          ],
        };
      }
      return {
        tools: [clock],
        messages: [
          { role: "user", content: `What time is it in ${place}?` },
          {
            role: "assistant",
            content: "",
            toolCalls: [{ id: "call_1", name: clock.name, arguments: { city: place } }],
          },
          { role: "tool", toolCallId: "call_1", name: clock.name, content: "12:30" },
          { role: "assistant", content: `It is 12:30 in ${place}.` },
        ],
      };
    },
    fim: () => {
      const added = Math.floor(random() * 9);
      return { prefix: `function add${added}(a) {\n  return `, middle: `a + ${added};`, suffix: "\n}\n" };
    },
  };
}
