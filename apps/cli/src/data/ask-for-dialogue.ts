import type { DialogueAsk } from "@palaver/sft";

/** Stands for a topic in a prompt. */
export const topicPlaceholder = "{topic}";

/** What is asked where no prompt is given. */
const usualPrompt = `Write a short dialogue between a user and a helpful assistant about this topic: ${topicPlaceholder}`;

/** The form that answers are read in. */
const form = [
  "You write training dialogues for a chat model.",
  'Answer with JSON alone: {"messages":[{"role":"user","content":"..."},{"role":"assistant","content":"..."}]}.',
  "User and assistant take turns, the user begins, the assistant has the last word.",
].join(" ");

/**
 * What to ask the larger model for each dialogue: the prompt with a topic in it, every topic as often as any other. The
 * first round takes the topics in their order, so that a small count covers many.
 */
export function askForDialogue(
  prompt: string | undefined,
  topics: readonly string[],
): (ask: DialogueAsk) => { role: string; content: string }[] {
  return ({ index }) => {
    const topic = topics[index % Math.max(1, topics.length)] ?? "";
    const content = (prompt ?? usualPrompt).replaceAll(topicPlaceholder, () => topic);
    return [
      { role: "system", content: form },
      { role: "user", content },
    ];
  };
}
