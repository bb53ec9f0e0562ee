/**
 * The families that fill in the middle, each with the prompt that its publisher documents. The order decides for a
 * vocabulary that has the markers of several: the particular before the general. Where a prompt begins with a
 * begin-of-text token, the tokenizer adds it (`addSpecialTokens`).
 */
import { code, type FimFile, type FimFormat, type FimRequest, label, marker } from "./fim-format.ts";

/** Every known format. */
export const fimFormats: readonly FimFormat[] = [
  {
    // https://github.com/QwenLM/Qwen3-Coder#fill-in-the-middle-with-qwen3-coder and Qwen2.5-Coder's repository-level form.
    name: "qwen-coder",
    markers: ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"],
    stopTokens: ["<|endoftext|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>", "<|im_end|>"],
    takesFiles: true,
    layouts: {
      psm: (request) => [...qwenRepository(request), ...inOrder(pipes, request)],
    },
  },
  {
    // https://ai.google.dev/gemma/docs/codegemma/prompt-structure; paths as in figure 2 of https://arxiv.org/abs/2406.11409.
    name: "codegemma",
    markers: ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|file_separator|>"],
    stopTokens: ["<|file_separator|>", "<end_of_turn>", "<eos>"],
    takesFiles: true,
    layouts: {
      psm: (request) => [
        ...files(request, ({ path, text }) => [label(path), marker("\n"), code(text), marker("<|file_separator|>")]),
        ...line("", request.path),
        ...inOrder(pipes, request),
      ],
    },
  },
  {
    // Section 5.1 of https://arxiv.org/abs/2402.19173: the path of the file with the hole stands behind the prefix marker.
    name: "starcoder2",
    markers: ["<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<repo_name>", "<file_sep>"],
    stopTokens: ["<|endoftext|>", "<file_sep>"],
    takesFiles: true,
    layouts: {
      psm: (request) => [
        ...(request.repository === undefined ? [] : [marker("<repo_name>"), label(request.repository)]),
        ...files(request, ({ path, text }) => [marker("<file_sep>"), label(path), marker("\n"), code(text)]),
        ...(hasContext(request) || request.path !== undefined ? [marker("<file_sep>")] : []),
        marker("<fim_prefix>"),
        ...line("", request.path),
        ...afterPrefixMarker(angles, request),
      ],
    },
  },
  {
    // https://arxiv.org/abs/2305.06161: what describes a file stands in front of its code, and the hole is made in both.
    name: "starcoder",
    markers: ["<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<reponame>", "<filename>"],
    stopTokens: ["<|endoftext|>", "<file_sep>"],
    takesFiles: true,
    layouts: {
      psm: (request) => [
        marker("<fim_prefix>"),
        ...starcoderRepository(request),
        ...afterPrefixMarker(angles, request),
      ],
      spm: (request) => [
        marker("<fim_prefix><fim_suffix>"),
        code(request.suffix),
        marker("<fim_middle>"),
        ...starcoderRepository(request),
        code(request.prefix),
      ],
    },
  },
  {
    // StableCode, Refact, CodeQwen 1.5: StarCoder's markers without its descriptions of files.
    name: "stable-code",
    markers: ["<fim_prefix>", "<fim_suffix>", "<fim_middle>"],
    stopTokens: ["<|endoftext|>", "<file_sep>"],
    takesFiles: false,
    layouts: { psm: (request) => inOrder(angles, request) },
  },
  {
    // https://huggingface.co/bigcode/santacoder
    name: "santacoder",
    markers: ["<fim-prefix>", "<fim-suffix>", "<fim-middle>"],
    stopTokens: ["<|endoftext|>"],
    takesFiles: false,
    layouts: {
      psm: (request) => inOrder(["<fim-prefix>", "<fim-suffix>", "<fim-middle>"], request),
      spm: ({ prefix, suffix }) => [
        marker("<fim-prefix><fim-suffix>"),
        code(suffix),
        marker("<fim-middle>"),
        code(prefix),
      ],
    },
  },
  {
    // https://github.com/deepseek-ai/DeepSeek-Coder: "hole" is the cursor and "end" begins the answer; files are plain text.
    name: "deepseek-coder",
    markers: ["<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"],
    stopTokens: ["<｜end▁of▁sentence｜>", "<|EOT|>"],
    takesFiles: true,
    layouts: {
      psm: (request) => [
        marker("<｜fim▁begin｜>"),
        ...files(request, ({ path, text }) => [marker("#"), label(path), marker("\n"), code(text), marker("\n")]),
        ...(hasFiles(request) ? line("#", request.path) : []),
        ...afterPrefixMarker(["", "<｜fim▁hole｜>", "<｜fim▁end｜>"], request),
      ],
    },
  },
  codeLlama("▁"),
  codeLlama(" "),
  {
    // https://docs.mistral.ai/capabilities/code_generation: the suffix comes first and nothing marks the middle.
    name: "codestral",
    markers: ["[PREFIX]", "[SUFFIX]"],
    stopTokens: ["[PREFIX]", "[SUFFIX]", "</s>"],
    takesFiles: true,
    layouts: {
      spm: (request) => [
        marker("[SUFFIX]"),
        code(request.suffix),
        marker("[PREFIX]"),
        ...files(request, ({ path, text }) => [
          marker("+++++ "),
          label(path),
          marker("\n"),
          code(text),
          marker("\n\n"),
        ]),
        ...line("+++++ ", request.path ?? (hasFiles(request) ? "" : undefined)),
        code(request.prefix),
      ],
    },
  },
  {
    // https://github.com/THUDM/CodeGeeX4/blob/main/guides/Infilling_guideline.md
    name: "codegeex",
    markers: ["<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>", "<|user|>", "<|assistant|>"],
    stopTokens: ["<|user|>", "<|endoftext|>"],
    takesFiles: true,
    layouts: {
      spm: (request) => [
        marker("<|user|>\n"),
        ...files(request, ({ path, text }) => [
          marker("###REFERENCE:\n###PATH:"),
          label(path),
          marker("\n"),
          code(text),
          marker("\n"),
        ]),
        ...line("###PATH:", request.path ?? ""),
        ...line("###LANGUAGE:", request.language ?? ""),
        marker("###MODE:BLOCK\n<|code_suffix|>"),
        code(request.suffix),
        marker("<|code_prefix|>"),
        code(request.prefix),
        marker("<|code_middle|><|assistant|>\n"),
      ],
    },
  },
];

// --- internal ---

type Segment = ReturnType<typeof marker>;
type Markers = readonly [prefix: string, suffix: string, middle: string];

const pipes: Markers = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"];
const angles: Markers = ["<fim_prefix>", "<fim_suffix>", "<fim_middle>"];

/**
 * The blank in front of a marker is part of the token. SentencePiece spells it ▁, and that is how the vocabularies hold
 * it; the other form is for vocabularies that hold the bare marker.
 * Source: https://github.com/meta-llama/codellama, `Tokenizer.encode_infilling`.
 */
function codeLlama(blank: "▁" | " "): FimFormat {
  const inToken = blank === " " ? "" : blank;
  return {
    name: "code-llama",
    markers: [`${inToken}<PRE>`, `${inToken}<SUF>`, `${inToken}<MID>`],
    stopTokens: [`${inToken}<EOT>`],
    takesFiles: false,
    layouts: {
      psm: ({ prefix, suffix }) => [
        marker(`${inToken}<PRE> `),
        code(prefix),
        marker(`${blank}<SUF>`),
        code(suffix),
        marker(`${blank}<MID>`),
      ],
      spm: ({ prefix, suffix }) => [
        marker(`${inToken}<PRE>${blank}<SUF>`),
        code(suffix),
        marker(`${blank}<MID> `),
        code(prefix),
      ],
    },
  };
}

function inOrder(markers: Markers, request: FimRequest): Segment[] {
  return [marker(markers[0]), ...afterPrefixMarker(markers, request)];
}

function afterPrefixMarker([, suffix, middle]: Markers, request: FimRequest): Segment[] {
  return [code(request.prefix), marker(suffix), code(request.suffix), marker(middle)];
}

function hasFiles({ files: given = [] }: FimRequest): boolean {
  return given.length > 0;
}

function hasContext(request: FimRequest): boolean {
  return hasFiles(request) || request.repository !== undefined;
}

function files({ files: given = [] }: FimRequest, write: (file: FimFile) => Segment[]): Segment[] {
  return given.flatMap(write);
}

function line(before: string, name: string | undefined): Segment[] {
  return name === undefined ? [] : [marker(before), label(name), marker("\n")];
}

function qwenRepository(request: FimRequest): Segment[] {
  if (!hasContext(request)) return [];
  return [
    ...line("<|repo_name|>", request.repository),
    ...files(request, ({ path, text }) => [...line("<|file_sep|>", path), code(text), marker("\n")]),
    ...line("<|file_sep|>", request.path ?? ""),
  ];
}

function starcoderRepository(request: FimRequest): Segment[] {
  return [
    ...(request.repository === undefined ? [] : [marker("<reponame>"), label(request.repository)]),
    ...files(request, ({ path, text }) => [...line("<filename>", path), code(text)]),
    ...line("<filename>", request.path ?? (hasFiles(request) ? "" : undefined)),
  ];
}
