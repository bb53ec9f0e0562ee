/** What stands around a model's reasoning. */
export interface ReasoningFormat {
  readonly open: string;
  readonly close: string;
  /** True where published vocabularies hold both as control tokens. */
  readonly control: boolean;
}

/** The known ways to set reasoning apart. `think`: DeepSeek R1, Qwen 3 and most others. */
export const reasoningFormats = {
  think: { open: "<think>", close: "</think>", control: false },
  magistral: { open: "[THINK]", close: "[/THINK]", control: true },
  "command-r": { open: "<|START_THINKING|>", close: "<|END_THINKING|>", control: false },
} as const satisfies Readonly<Record<string, ReasoningFormat>>;

/** A name in the table of reasoning formats. */
export type ReasoningFormatName = keyof typeof reasoningFormats;
