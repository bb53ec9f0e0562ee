/**
 * The way from text to ids: added tokens are cut out, the rest is normalized, searched for added tokens again (those
 * that are spelled as the normalizer spells), cut into pieces, and each piece goes to the model.
 */
import type { Model } from "../model/model.ts";
import { derive, type Normalizer } from "../normalize/normalizer.ts";
import { preTokenize, type Stage } from "../split/pre-tokenizer.ts";
import { type AddedToken, AddedTokens } from "./added-tokens.ts";
import { composed, type Derived } from "./rewriter.ts";
import { isTrustedRange, type SourceText } from "./source-text.ts";
import { TokenSink } from "./token-sink.ts";

export interface PipelineParts {
  readonly added: readonly AddedToken[];
  readonly normalizer: Normalizer | undefined;
  readonly stages: readonly Stage[];
  readonly model: Model;
  /** Ids in front of every text that is encoded with special tokens. */
  readonly prefix: readonly number[];
  /** Ids behind it. */
  readonly suffix: readonly number[];
}

/** Encodes texts. */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #plainAdded: AddedTokens;
  readonly #normalizedAdded: AddedTokens | undefined;

  constructor(parts: PipelineParts) {
    const { added, normalizer } = parts;
    this.#parts = parts;
    // Without a normalizer both kinds are searched at once; two searches in a row would find the same.
    const isLate = (token: AddedToken): boolean => token.normalized && normalizer !== undefined;
    this.#plainAdded = new AddedTokens(added.filter((token) => !isLate(token)));
    const late = added.filter(isLate);
    if (late.length > 0) this.#normalizedAdded = new AddedTokens(late, (content) => normalizer!.apply(content));
  }

  /** Encodes a text; `withPlaces` also collects where each id came from. */
  run(source: SourceText, addSpecialTokens: boolean, withPlaces: boolean): TokenSink {
    const { prefix, suffix } = this.#parts;
    const { text, trusted } = source;
    const sink = new TokenSink(withPlaces);
    if (addSpecialTokens) for (const id of prefix) sink.push(id, 0, 0);
    let done = 0;
    if (this.#plainAdded.hasPlain || (this.#plainAdded.hasSpecial && trusted.length > 0)) {
      const isTrusted = (start: number, end: number): boolean => isTrustedRange(trusted, start, end);
      this.#plainAdded.find(text, 0, text.length, isTrusted, (token, start, end) => {
        this.#chunk(source, done, start, sink);
        sink.push(token.id, start, end);
        done = end;
      });
    }
    this.#chunk(source, done, text.length, sink);
    if (addSpecialTokens) for (const id of suffix) sink.push(id, text.length, text.length);
    return sink;
  }

  /** Encodes what lies between added tokens. */
  #chunk({ text, trusted }: SourceText, start: number, end: number, sink: TokenSink): void {
    if (start >= end) return;
    const { normalizer } = this.#parts;
    if (normalizer === undefined) {
      this.#pieces(text, undefined, start, end, start === 0, sink);
      return;
    }
    const late = this.#normalizedAdded;
    const searches = late !== undefined && (late.hasPlain || trusted.length > 0);
    const needsOrigin = sink.places !== undefined || (searches && trusted.length > 0);
    const raw = text.slice(start, end);
    const normal: Derived = needsOrigin ? derive(normalizer, raw) : { text: normalizer.apply(raw), from: undefined };
    const origin: Origin = { text, normal, start };
    let done = 0;
    if (searches) {
      const isTrusted = (from: number, to: number): boolean =>
        trusted.length > 0 && isTrustedRange(trusted, sourceUnit(origin, from), sourceUnit(origin, to));
      late.find(normal.text, 0, normal.text.length, isTrusted, (token, from, to) => {
        this.#pieces(normal.text, origin, done, from, start === 0 && done === 0, sink);
        sink.push(token.id, sourceUnit(origin, from), sourceUnit(origin, to));
        done = to;
      });
    }
    this.#pieces(normal.text, origin, done, normal.text.length, start === 0 && done === 0, sink);
  }

  /** Cuts `text[start, end)` into pieces and gives each to the model. */
  #pieces(
    text: string,
    origin: Origin | undefined,
    start: number,
    end: number,
    isFirst: boolean,
    sink: TokenSink,
  ): void {
    if (start >= end) return;
    const { stages, model } = this.#parts;
    const { ids, places } = sink;
    const pieces = preTokenize(stages, text, start, end, isFirst);
    const { ranges } = pieces;
    if (places === undefined) {
      for (let i = 0; i < ranges.length; i += 2) {
        if (ranges[i]! < ranges[i + 1]!) model.encode(pieces.text, ranges[i]!, ranges[i + 1]!, ids);
      }
      return;
    }
    const place = placeMap(pieces, text, origin);
    const ends: number[] = [];
    for (let i = 0; i < ranges.length; i += 2) {
      if (ranges[i]! >= ranges[i + 1]!) continue;
      ends.length = 0;
      model.encode(pieces.text, ranges[i]!, ranges[i + 1]!, ids, ends);
      let from = place(4 * ranges[i]!);
      for (const workEnd of ends) {
        const to = place(workEnd);
        places.push(from, to);
        from = to;
      }
    }
  }
}

// --- internal ---

/** A normalized chunk and where it lies in the source text. */
interface Origin {
  readonly text: string;
  readonly normal: Derived;
  readonly start: number;
}

function sourceUnit({ normal, start }: Origin, unit: number): number {
  return start + (normal.from?.[unit] ?? unit);
}

/** Leads places in the pieces' text back to places in the source text. */
function placeMap(pieces: Derived, chunk: string, origin: Origin | undefined): (place: number) => number {
  const derived = origin === undefined ? pieces : composed(origin.normal, pieces);
  const base = origin?.start ?? 0;
  const { from } = derived;
  if (from === undefined) return (place) => place + 4 * base;
  const source = origin?.text ?? chunk;
  return (place) => {
    const unit = base + from[place >>> 2]!;
    const inside = place & 3;
    // Bytes inside a character mean something only where the character is the one that the source has.
    if (inside === 0 || source.charCodeAt(unit) !== derived.text.charCodeAt(place >>> 2)) return 4 * unit;
    return 4 * unit + inside;
  };
}
