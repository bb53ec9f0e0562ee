/**
 * What makes training on a dialogue go wrong without a word:
 *
 * - `mask-empty` nothing is learnt
 * - `header-trained` the loss covers the header of a turn, which the model is given
 * - `others-trained` the loss covers what the user or the system says
 * - `tool-result-trained` the loss covers what a tool returned
 * - `end-untrained` a turn's end is outside of the loss, so the model never learns to stop
 * - `answer-cut` the sequence ends before the answer does
 * - `template-unstable` a turn is written otherwise once another follows, so what is learnt is not what is asked
 * - `template-refused` the template does not take the conversation
 * - `mask-refused` no exact mask can be made; the message says why
 */
export type MaskProblemCode =
  | "mask-empty"
  | "header-trained"
  | "others-trained"
  | "tool-result-trained"
  | "end-untrained"
  | "answer-cut"
  | "template-unstable"
  | "template-refused"
  | "mask-refused";

/** A problem with one dialogue. */
export interface MaskProblem {
  readonly code: MaskProblemCode;
  /** What was found, in words. */
  readonly message: string;
}
