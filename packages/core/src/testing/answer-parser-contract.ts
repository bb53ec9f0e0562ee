import type { AnswerEvent, AnswerParser, AnswerPiece } from "../template.ts";
import { type ContractCase, check, checkEqual } from "./contract.ts";

/** An answer as the model writes it, and what a parser must make of it. */
export interface AnswerExample {
  /** What it shows; part of the case's name. */
  readonly name: string;
  /** Text, or text and control tokens in their order: `{ control }` is one. */
  readonly answer: string | readonly (string | { readonly control: string })[];
  /** What a parser must give, with neighbouring deltas of one type joined. */
  readonly events: readonly ComparableEvent[];
}

/** An event as two parsers must agree on it: the reason of an error is for people to read. */
export type ComparableEvent =
  | Exclude<AnswerEvent, { readonly type: "tool-call-error" }>
  | { readonly type: "tool-call-error"; readonly raw: string };

export interface AnswerParserContractOptions {
  /** A new parser for one answer. */
  readonly create: () => AnswerParser;
  readonly examples: readonly AnswerExample[];
}

/** What every `AnswerParser` promises, shown on examples. */
export function answerParserContract({ create, examples }: AnswerParserContractOptions): ContractCase[] {
  return examples.flatMap((example) => {
    const pieces = piecesOf(example.answer);
    return [
      {
        name: `reads ${example.name}`,
        run: () => checkEqual(joinEvents(parseAnswer(create(), pieces)), joinEvents(example.events), "events"),
      },
      {
        name: `reads ${example.name} alike however it is cut into pieces`,
        run: () => {
          for (const size of [1, 2, 3, 7]) {
            const events = joinEvents(parseAnswer(create(), cut(pieces, size)));
            checkEqual(events, joinEvents(example.events), `events in pieces of ${size}`);
          }
        },
      },
      {
        name: `gives nothing after the end of ${example.name}`,
        run: () => {
          const parser = create();
          parseAnswer(parser, pieces);
          check(parser.end().length === 0, "a second end gave events");
        },
      },
    ];
  });
}

/** The events of a whole answer. */
export function parseAnswer(parser: AnswerParser, pieces: readonly AnswerPiece[]): AnswerEvent[] {
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
}

/** Events with neighbouring deltas of one type joined, and errors without their reasons. */
export function joinEvents(events: readonly ComparableEvent[]): ComparableEvent[] {
  const merged: ComparableEvent[] = [];
  for (const event of events) {
    const last = merged.at(-1);
    if (event.type === "text-delta" && last?.type === event.type) {
      merged[merged.length - 1] = { type: event.type, text: last.text + event.text };
    } else if (event.type === "reasoning-delta" && last?.type === event.type) {
      merged[merged.length - 1] = { type: event.type, text: last.text + event.text };
    } else {
      merged.push(comparable(event));
    }
  }
  return merged;
}

// --- internal ---

// The fields in one order, since the contract compares events as JSON.
function comparable(event: ComparableEvent): ComparableEvent {
  switch (event.type) {
    case "tool-call":
      return { type: event.type, id: event.id, name: event.name, arguments: event.arguments };
    case "tool-call-error":
      return { type: event.type, raw: event.raw };
    default:
      return { type: event.type, text: event.text };
  }
}

function piecesOf(answer: AnswerExample["answer"]): AnswerPiece[] {
  const parts = typeof answer === "string" ? [answer] : answer;
  return parts.map((part) => (typeof part === "string" ? { text: part } : { text: part.control, ...part }));
}

function cut(pieces: readonly AnswerPiece[], size: number): AnswerPiece[] {
  return pieces.flatMap((piece) => {
    if (piece.control !== undefined) return [piece];
    const count = Math.ceil(piece.text.length / size);
    return Array.from({ length: count }, (_, i) => ({ text: piece.text.slice(i * size, (i + 1) * size) }));
  });
}
