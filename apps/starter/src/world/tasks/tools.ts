import type { Message, ToolDefinition } from "@palaver/core";
import { type Dialogue, turn } from "../dialogue.ts";
import type { Random } from "../random.ts";
import type { Split } from "../split.ts";
import { type ToolKind, type ToolUse, toolKinds, uselessTool } from "./tool-kinds.ts";

/** A tool and its use. */
interface OfferedUse extends ToolUse {
  readonly kind: ToolKind;
  readonly tool: ToolDefinition;
}

/** Tools that are offered, and how each kind of them is called in this offer. */
interface Offer {
  readonly tools: readonly ToolDefinition[];
  /** A question for one of them; undefined: draw again. */
  use(random: Random): OfferedUse | undefined;
  /** A question for a kind that is not offered; undefined: draw again. */
  missing(random: Random): { readonly ask: string; readonly answer: string } | undefined;
}

/** One to three tools. */
export function offer(random: Random, split: Split): Offer {
  const offered = shuffled(toolKinds, random)
    .slice(0, random.pick([1, 1, 2, 3]))
    .map((kind) => ({ kind, tool: kind.define(random, split) }));
  const others = toolKinds.filter((kind) => !offered.some((one) => one.kind === kind));
  const extra = offered.length < 3 && random.chance(0.25) ? [uselessTool(random)] : [];
  return {
    tools: shuffled([...offered.map(({ tool }) => tool), ...extra], random),
    use(random) {
      const { kind, tool } = random.pick(offered);
      const use = kind.use(random, split, tool);
      return use && { ...use, kind, tool };
    },
    missing: (random) => (others.length === 0 ? undefined : missingTool(random, split, others)),
  };
}

/** A question that needs a tool which nobody offers. */
export function missingTool(random: Random, split: Split, kinds: readonly ToolKind[] = toolKinds) {
  const kind = random.pick(kinds);
  const use = kind.use(random, split, kind.define(random, split));
  return use && { ask: use.ask, answer: kind.missing };
}

/** The four messages of a call: question, call, result, answer. `number` makes its id. */
function callTurns({ ask, arguments: values, result, answer, tool }: OfferedUse, number: number): readonly Message[] {
  const id = `call_${number}`;
  return [
    { role: "user", content: ask },
    { role: "assistant", content: "", toolCalls: [{ id, name: tool.name, arguments: values }] },
    { role: "tool", toolCallId: id, name: tool.name, content: result },
    { role: "assistant", content: answer },
  ];
}

/** A dialogue with tools: some questions need them, some do not. */
export function toolDialogue(random: Random, split: Split, exchange: () => readonly Message[]): Dialogue {
  const { tools, use, missing } = offer(random, split);
  const messages: Message[] = [];
  let calls = 0;
  for (let left = random.pick([1, 1, 1, 2, 2, 3]); left > 0; left--) {
    const need = random.next();
    if (need < 0.62) {
      const found = drawn(() => use(random));
      messages.push(...callTurns(found, ++calls));
    } else if (need < 0.75 && tools.length < 3) {
      const found = missing(random);
      if (found !== undefined) messages.push(...turn(found.ask, found.answer));
      else messages.push(...exchange());
    } else messages.push(...exchange());
  }
  return { task: "tools", messages, tools };
}

// --- internal ---

function drawn<T>(draw: () => T | undefined): T {
  for (;;) {
    const found = draw();
    if (found !== undefined) return found;
  }
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((item) => ({ item, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
