import { join } from "node:path";
import { PalaverError } from "@palaver/core";
import type { CacheType } from "@palaver/graph";
import type { LayerWidths, ModelDetails, SharedCacheForm } from "./decoder-form.ts";
import { type ImportReport, parseImportReport } from "./import-report.ts";
import { type JsonFields, jsonFields } from "./json-fields.ts";
import type { ModelFolder } from "./model-folder.ts";

/** Marks a folder that Palaver imported and says what is in it. */
export const MANIFEST = "palaver.json";

/** Raised when what an import writes changes, so that older cached imports are made anew. */
export const IMPORT_VERSION = 2;

const FORMAT = "palaver-import";

/** What `palaver.json` says. */
export interface ImportManifest {
  /** What people call the model. */
  readonly name: string;
  readonly form: SharedCacheForm;
  readonly details: ModelDetails;
  /** What the import told. */
  readonly report: ImportReport;
  /** Bytes of the graph's files, by which a damaged folder is found out. */
  readonly files: Readonly<Record<string, number>>;
}

/** The manifest as a file's text. */
export function manifestText(manifest: ImportManifest): string {
  return `${JSON.stringify({ format: FORMAT, version: IMPORT_VERSION, ...manifest }, undefined, 2)}\n`;
}

/** A folder's manifest; undefined where there is none. @throws ERR_FORMAT, ERR_UNSUPPORTED for another version, ERR_IO */
export async function readManifest(folder: ModelFolder): Promise<ImportManifest | undefined> {
  const json = await folder.json(MANIFEST);
  if (json === undefined) return undefined;
  const path = join(folder.path, MANIFEST);
  const fields = jsonFields(json, path);
  if (fields.text("format") !== FORMAT) throw fields.wrong("format", FORMAT);
  if (fields.raw("version") !== IMPORT_VERSION) {
    throw new PalaverError(
      "ERR_UNSUPPORTED",
      `${folder.path} was imported by another version: import the model again`,
      {
        details: { path, version: fields.raw("version") },
      },
    );
  }
  const details = required(fields, "details");
  const files = required(fields, "files");
  return {
    name: fields.text("name") ?? "",
    form: sharedCacheForm(required(fields, "form")),
    details: {
      architecture: details.text("architecture"),
      parameters: details.integer("parameters"),
      contextTokens: details.integer("contextTokens"),
      quantization: details.text("quantization"),
      widths: layerWidths(details.object("widths")),
    },
    report: parseImportReport(fields.raw("report") ?? {}, path),
    files: Object.fromEntries(files.names.map((name) => [name, files.integer(name) ?? 0])),
  };
}

// --- internal ---

function sharedCacheForm(fields: JsonFields): SharedCacheForm {
  const size = (name: string): number => {
    const value = fields.integer(name);
    if (value === undefined || value === 0) throw fields.wrong(name, "a positive integer");
    return value;
  };
  if (fields.text("kind") !== "gqa-shared") throw fields.wrong("kind", "gqa-shared");
  return {
    kind: "gqa-shared",
    layers: size("layers"),
    kvHeads: size("kvHeads"),
    headDim: size("headDim"),
    contextTokens: size("contextTokens"),
    vocabSize: size("vocabSize"),
    cacheType: cacheTypeOf(fields),
  };
}

// Absent where there was no choice yet.
function cacheTypeOf(fields: JsonFields): CacheType {
  const text = fields.text("cacheType") ?? "float32";
  if (text === "float32" || text === "int8") return text;
  throw fields.wrong("cacheType", "float32 or int8");
}

function layerWidths(fields: JsonFields | undefined): LayerWidths | undefined {
  const [hidden, ffn, heads] = ["hidden", "ffn", "heads"].map((name) => fields?.integer(name));
  if (hidden === undefined || ffn === undefined || heads === undefined) return undefined;
  return { hidden, ffn, heads };
}

function required(fields: JsonFields, name: string): JsonFields {
  const value = fields.object(name);
  if (value === undefined) throw fields.wrong(name, "an object");
  return value;
}
