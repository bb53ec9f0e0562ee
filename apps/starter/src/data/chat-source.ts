import type { Tokenizer } from "@palaver/core";
import type { SequenceSource, TrainingSequence } from "@palaver/sft";
import { type ChatTemplate, encodePrompt } from "@palaver/template";
import { blockSource, type Random } from "./block-source.ts";
import { fimSequence } from "./fim-sequence.ts";
import type { LessonDialogue, Lessons, OpenLessons } from "./lessons.ts";

/** The share of code with a hole: the chat model keeps the skill of the base. */
const fimShare = 0.1;
/** The share of conversations that are several short ones in a row: people ask one thing after the other. */
const joinedShare = 0.2;
/** The most conversations of such a row. */
const mostJoined = 6;

export interface ChatSourceOptions {
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  readonly seed: number;
  /** The longest sequence; a row of conversations is cut back to it. */
  readonly contextTokens: number;
}

/** Dialogues, of which the assistant's part is learnt, with some code. */
export function chatSource(openLessons: OpenLessons, options: ChatSourceOptions): SequenceSource {
  const { tokenizer, seed } = options;
  return blockSource({
    seed,
    blockSize: 256,
    open: (blockSeed, random) => {
      const lessons = openLessons(blockSeed);
      return () => {
        if (random() < fimShare) {
          const hole = lessons.fim();
          return () => fimSequence(tokenizer, hole, "middle");
        }
        const dialogues = random() < joinedShare ? several(lessons, random) : [lessons.dialogue()];
        return () => joinedSequence(dialogues, options);
      };
    },
  });
}

/** A dialogue as the model reads it: learnt is what the assistant says, and the end of its turns. */
export function dialogueSequence(
  { messages, tools = [] }: LessonDialogue,
  { tokenizer, template }: Pick<ChatSourceOptions, "tokenizer" | "template">,
): TrainingSequence {
  const { ids, lossMask } = encodePrompt(template, tokenizer, messages, { tools });
  return { ids, lossMask };
}

// --- internal ---

/**
 * Dialogues that can stand in a row. A system message and tools hold for a whole conversation, so those stay alone; so
 * do those about what was told, because something else may have been told before.
 */
function several(lessons: Lessons, random: Random): LessonDialogue[] {
  const count = 2 + Math.floor(random() * (mostJoined - 1));
  const drawn = Array.from({ length: count }, () => lessons.dialogue());
  const plain = drawn.filter(
    ({ messages, tools = [], task }) => messages[0]?.role === "user" && tools.length === 0 && task !== "memory",
  );
  return plain.length > 0 ? plain : drawn.slice(0, 1);
}

/** As many of the dialogues as fit, as one conversation. */
function joinedSequence(dialogues: readonly LessonDialogue[], options: ChatSourceOptions): TrainingSequence {
  const [first] = dialogues;
  if (dialogues.length === 1) return dialogueSequence(first!, options);
  const sequence = dialogueSequence({ messages: dialogues.flatMap(({ messages }) => messages) }, options);
  return sequence.ids.length <= options.contextTokens ? sequence : joinedSequence(dialogues.slice(0, -1), options);
}
