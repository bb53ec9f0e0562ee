import { utf8Bytes } from "../utf8.ts";
import type { TokenText } from "./token-text.ts";

/** Changes the spelling of one token on its way to text. */
export type DecodeStep = (token: string, isFirst: boolean) => string;

export interface StepTextOptions {
  /** Applied in order. */
  readonly steps: readonly DecodeStep[];
  /** Tokens that read `<0x41>` after the steps before `byteStep` are bytes. Default: none are. */
  readonly byteStep?: number | undefined;
  /** Spaces at the beginning of the text that are not part of it. Default: 0. */
  readonly leadingSpaces?: number;
}

/** Tokens whose spelling becomes text in steps, as the decoders of tokenizer.json describe it. */
export function stepText(spell: (id: number) => string | undefined, options: StepTextOptions): TokenText {
  const { steps, byteStep, leadingSpaces = 0 } = options;
  const known = [new Map<number, Uint8Array>(), new Map<number, Uint8Array>()];
  const make = (id: number, isFirst: boolean): Uint8Array => {
    let token = spell(id) ?? "";
    for (const [index, step] of steps.entries()) {
      const byte = index === byteStep ? byteToken(token) : undefined;
      if (byte !== undefined) return Uint8Array.of(byte);
      token = step(token, isFirst);
    }
    const byte = byteStep === steps.length ? byteToken(token) : undefined;
    return byte === undefined ? utf8Bytes(token) : Uint8Array.of(byte);
  };
  return {
    leadingSpaces,
    bytes: (id, isFirst) => {
      const cache = known[Number(isFirst)]!;
      let bytes = cache.get(id);
      if (bytes === undefined) {
        bytes = make(id, isFirst);
        cache.set(id, bytes);
      }
      return bytes;
    },
  };
}

// --- internal ---

/** The byte that `<0x41>` spells. */
function byteToken(token: string): number | undefined {
  if (token.length !== 6 || !token.startsWith("<0x") || !token.endsWith(">")) return undefined;
  const digits = token.slice(3, 5);
  return /^[0-9a-fA-F]{2}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
