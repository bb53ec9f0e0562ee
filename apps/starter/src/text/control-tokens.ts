/**
 * The starter's control tokens: those of Llama 3's form, whose names every reader of that form knows, and the markers of
 * fill-in-the-middle that StarCoder made common.
 */
export const controlTokens = {
  beginOfText: "<|begin_of_text|>",
  endOfText: "<|end_of_text|>",
  startHeader: "<|start_header_id|>",
  endHeader: "<|end_header_id|>",
  endOfTurn: "<|eot_id|>",
  fimPrefix: "<fim_prefix>",
  fimSuffix: "<fim_suffix>",
  fimMiddle: "<fim_middle>",
} as const;
