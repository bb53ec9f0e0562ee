import { isPalaverError } from "@palaver/core";
import { type EncodedPrompt, prefixStability } from "@palaver/template";
import { type EncodeDialogueOptions, encodeDialogue } from "../data/encode-dialogue.ts";
import type { DialogueExample } from "../data/example.ts";
import { checkMask } from "./check-mask.ts";
import type { MaskProblem } from "./mask-problem.ts";

export interface CheckDialogueOptions extends EncodeDialogueOptions {
  /** Also renders every shorter form of the dialogue to see whether turns change. Default: true. */
  readonly checkStability?: boolean | undefined;
}

/** A dialogue's tokens and mask, where it can have them, and all that is wrong with it. */
export interface CheckedDialogue {
  readonly encoded: EncodedPrompt | undefined;
  readonly problems: readonly MaskProblem[];
}

/** Encodes a dialogue for training and checks the result. @throws ERR_LIMIT where the template takes more than its limits */
export function checkDialogue(dialogue: DialogueExample, options: CheckDialogueOptions): CheckedDialogue {
  const { template, train = "assistant", checkStability = true } = options;
  try {
    const encoded = encodeDialogue(dialogue, options);
    const problems = train === "all" ? [] : checkMask(dialogue, encoded.lossMask, options);
    if (encoded.warnings.length > 0 && !problems.some(({ code }) => code === "header-trained")) {
      problems.push({ code: "header-trained", message: encoded.warnings.join("; ") });
    }
    if (checkStability) problems.push(...stabilityProblems(dialogue, options));
    return { encoded, problems };
  } catch (error) {
    if (isPalaverError(error, "ERR_INVALID_ARGUMENT")) {
      return { encoded: undefined, problems: [{ code: "template-refused", message: error.message }] };
    }
    if (!isPalaverError(error, "ERR_UNSUPPORTED")) throw error;
    const found = template.hasGenerationMarkers ? checkMask(dialogue, markedMask(dialogue, options), options) : [];
    return { encoded: undefined, problems: [...found, { code: "mask-refused", message: error.message }] };
  }
}

// --- internal ---

function stabilityProblems({ messages, tools }: DialogueExample, { template }: CheckDialogueOptions): MaskProblem[] {
  const [first] = prefixStability(template, messages, { tools }).breaks;
  if (first === undefined) return [];
  const { messageCount, shorter, longer } = first;
  return [
    {
      code: "template-unstable",
      message: `the first ${messageCount} messages are written otherwise once another follows: ${JSON.stringify(shorter)} becomes ${JSON.stringify(longer)}`,
    },
  ];
}

/** What the markers cover, as it would be trained by who does not look. */
function markedMask({ messages, tools }: DialogueExample, { template, tokenizer }: CheckDialogueOptions): number[] {
  const { segments, generations } = template.render(messages, { tools });
  const { ids, offsets } = tokenizer.encodeWithOffsets(segments);
  return ids.map((_, index) =>
    generations.some(({ start, end }) => offsets[2 * index]! >= start && offsets[2 * index + 1]! <= end) ? 1 : 0,
  );
}
