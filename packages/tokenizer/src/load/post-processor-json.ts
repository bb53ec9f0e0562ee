/** The `post_processor` of tokenizer.json, as far as it concerns one text: the ids in front of it and behind. */
import { limits } from "../limits.ts";
import type { JsonField } from "./json-field.ts";

export interface Surroundings {
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
}

/** Reads a post-processor. `idOf` gives the id of a token's spelling. @throws ERR_FORMAT, ERR_UNSUPPORTED */
export function readPostProcessor(
  field: JsonField,
  idOf: (token: string) => number | undefined,
  depth = 0,
): Surroundings {
  if (field.absent) return { prefix: [], suffix: [] };
  if (depth >= limits.depth) field.unsupported("a sequence this deep");
  const type = field.get("type").string();
  switch (type) {
    case "ByteLevel":
      return { prefix: [], suffix: [] };
    case "TemplateProcessing":
      return readTemplate(field, idOf);
    case "BertProcessing":
    case "RobertaProcessing":
      return { prefix: [pairId(field.get("cls"))], suffix: [pairId(field.get("sep"))] };
    case "Sequence": {
      const inner = field
        .get("processors")
        .list()
        .map((processor) => readPostProcessor(processor, idOf, depth + 1));
      // Later processors wrap what earlier ones made.
      return {
        prefix: inner.toReversed().flatMap((one) => one.prefix),
        suffix: inner.flatMap((one) => one.suffix),
      };
    }
    default:
      return field.get("type").unsupported(`post-processor ${type}`);
  }
}

// --- internal ---

function readTemplate(field: JsonField, idOf: (token: string) => number | undefined): Surroundings {
  const prefix: number[] = [];
  const suffix: number[] = [];
  let texts = 0;
  for (const item of field.get("single").list()) {
    const name = typeof item.value === "string" ? item.value : undefined;
    const special = name === undefined ? item.get("SpecialToken") : item;
    if (name === undefined ? special.absent : name.startsWith("$")) {
      if (++texts > 1) item.unsupported("a template with the text more than once");
      continue;
    }
    const token = name === undefined ? special.get("id").string() : (name.split(":")[0] ?? name);
    (texts === 0 ? prefix : suffix).push(...tokenIds(field, token, idOf));
  }
  return { prefix, suffix };
}

function tokenIds(field: JsonField, token: string, idOf: (token: string) => number | undefined): number[] {
  const declared = field.get("special_tokens").get(token);
  if (!declared.absent) {
    return declared
      .get("ids")
      .list()
      .map((id) => id.index(limits.vocabularySize - 1));
  }
  const id = idOf(token);
  return id === undefined ? declared.fail(`the ids of ${token}`) : [id];
}

/** The id of `["[CLS]", 101]`. */
function pairId(field: JsonField): number {
  const [, id] = field.list(2);
  return id === undefined ? field.fail("a token and its id") : id.index(limits.vocabularySize - 1);
}
