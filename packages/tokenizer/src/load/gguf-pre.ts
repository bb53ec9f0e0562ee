/** What `tokenizer.ggml.pre` names: the splits of a byte-level vocabulary in GGUF, as llama.cpp defines them. */
import { patterns } from "../split/known-patterns.ts";

/** Splits one after the other, and what else the name decides. */
export interface GgufPre {
  readonly patterns: readonly string[];
  readonly ignoreMerges: boolean;
  /** Begins texts with the begin token unless the file says otherwise. */
  readonly addBos: boolean;
}

/** The meaning of a name; undefined for one that is not known. */
export function ggufPre(name: string): GgufPre | undefined {
  const family = families.find(({ names }) => names.includes(name));
  if (family === undefined) return undefined;
  return {
    patterns: family.patterns,
    ignoreMerges: family.ignoreMerges ?? false,
    addBos: family.addBos ?? false,
  };
}

// --- internal ---

interface Family {
  readonly names: readonly string[];
  readonly patterns: readonly string[];
  readonly ignoreMerges?: boolean;
  readonly addBos?: boolean;
}

const threeDigits = "[0-9][0-9][0-9]";
const bloom = " ?[^(\\s|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c)]+";
const chinese = "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+";
const deepseekLlmWords =
  "\\s?[A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-\u02af\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03f5\u03f7-\u0481\u048a-\u052f\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-\u1ffc\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d\u212f-\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-\u2c7b\u2c7e-\u2ce4\u2ceb-\u2cee\u2cf2\u2cf3\ua640-\ua66d\ua680-\ua69b\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-\uabbf\ufb00-\ufb06\ufb13-\ufb17\uff21-\uff3a\uff41-\uff5a\u{10400}-\u{1044f}\u{104b0}-\u{104d3}\u{104d8}-\u{104fb}\u{10c80}-\u{10cb2}\u{10cc0}-\u{10cf2}\u{118a0}-\u{118df}\u{1e900}-\u{1e943}]+";
const deepseekLlmSigns = "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+";
const afmoeScripts =
  "[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\u3040-\u309f\u30a0-\u30ff\uff65-\uff9f\u2f00-\u2fdf\u0e00-\u0e7f\u0e80-\u0eff\u1780-\u17ff\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff\uac00-\ud7af\u1100-\u11ff]+";

const families: readonly Family[] = [
  {
    names: ["llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"],
    patterns: [patterns.cl100k],
    ignoreMerges: true,
    addBos: true,
  },
  { names: ["dbrx", "smaug-bpe", "glm4", "chatglm-bpe"], patterns: [patterns.cl100k] },
  {
    names: ["deepseek-llm"],
    patterns: ["[\\r\\n]", deepseekLlmWords, deepseekLlmSigns, "\\s+$", chinese, "\\p{N}+"],
  },
  { names: ["deepseek-coder"], patterns: ["[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", chinese, "\\p{N}"] },
  {
    names: ["deepseek-v3", "hunyuan-dense"],
    patterns: ["\\p{N}{1,3}", "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+", patterns.deepseek3],
  },
  { names: ["falcon"], patterns: ["[\\p{P}\\$\\+<=>\\^~\\|`]+", patterns.gpt2, threeDigits] },
  {
    names: ["starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b"],
    patterns: ["\\p{N}", patterns.gpt2],
  },
  {
    names: [
      "gpt-2",
      "phi-2",
      "mpt",
      "olmo",
      "jais",
      "trillion",
      "granite-docling",
      "exaone4",
      "jina-es",
      "jina-de",
      "jina-v1-en",
      "jina-v2-es",
      "jina-v2-de",
      "jina-v2-code",
      "roberta-bpe",
      "gigachat",
      "a.x-4.0",
      "mellum",
    ],
    patterns: [patterns.gpt2],
  },
  {
    names: ["qwen2", "deepseek-r1-qwen", "kormo", "megrez", "stablelm2", "hunyuan", "grok-2"],
    patterns: [patterns.qwen2],
  },
  { names: ["qwen35"], patterns: [patterns.qwen35] },
  { names: ["poro-chat", "bloom", "gpt3-finnish"], patterns: [bloom] },
  { names: ["viking"], patterns: [bloom, "\\p{N}"] },
  { names: ["tekken"], patterns: [patterns.tekken], ignoreMerges: true, addBos: true },
  {
    names: ["chameleon"],
    patterns: [
      "<sentinel:[0-9]+>",
      "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z",
      "([\\t\\n]|    |  )",
      "\\p{N}",
      "[\\p{P}!-/:-@\\[-`{-~]",
      patterns.gpt2,
    ],
    addBos: true,
  },
  { names: ["gpt-4o", "llama4", "minimax-m2"], patterns: [patterns.o200k] },
  { names: ["superbpe"], patterns: ["\\p{N}+", "(?=(\\d{3})+(?!\\d))"] },
  // The contractions of this family are those of cl100k in another spelling.
  { names: ["bailingmoe", "bailingmoe2", "llada-moe"], patterns: [patterns.qwen2] },
  { names: ["seed-coder"], patterns: [patterns.seedCoder] },
  { names: ["afmoe"], patterns: ["\\p{Nd}{1,3}(?=(?:\\p{Nd}{3})*(?!\\p{Nd}))", afmoeScripts, patterns.deepseek3] },
  {
    names: ["default", ""],
    patterns: ["[\\p{P}\\$\\+<=>\\^~\\|]+", patterns.gpt2, "\\p{N}+", threeDigits],
  },
];
