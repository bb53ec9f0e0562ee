import type { DataReport } from "@palaver/sft";
import { terminalText } from "../terminal-text.ts";

export interface DataReportTextOptions {
  /** Marks what is learnt by colour; without it, between ⟦ and ⟧. */
  readonly isColored: boolean;
}

/** A report for people: examples with what is learnt of them, counts, and all that is wrong. */
export function dataReportText(report: DataReport, options: DataReportTextOptions): string {
  const { problems, badLineReasons } = report;
  return [
    ...report.previews.flatMap((preview) => previewLines(preview, options)),
    ...counts(report).map(([name, count]) => `${name.padEnd(28)}${count}`),
    ...problems.map(({ line, code, message }) => `line ${line}: ${code}: ${terminalText(message)}`),
    ...badLineReasons.map(({ line, reason }) => `line ${line} cannot be read: ${terminalText(reason)}`),
    "",
  ].join("\n");
}

// --- internal ---

/** Green and underlined: it shows without colours too. */
const [learnt, plain] = ["\u001b[32;4m", "\u001b[0m"];

function previewLines(
  { line, pieces }: DataReport["previews"][number],
  { isColored }: DataReportTextOptions,
): string[] {
  const [open, close] = isColored ? [learnt, plain] : ["⟦", "⟧"];
  const text = pieces.map((piece) => {
    const safe = terminalText(piece.text);
    return piece.isTrained ? `${open}${safe}${close}` : safe;
  });
  return [`--- line ${line}`, text.join(""), ""];
}

function counts(report: DataReport): [string, string][] {
  const { types, usable, tooLong, badLines, leftOut, tokens, trainedTokens, problemCounts } = report;
  const share = tokens === 0 ? "" : ` (${((100 * trainedTokens) / tokens).toFixed(1)} %)`;
  const always: [string, number | string][] = [
    ...Object.entries(types).map(([type, count]): [string, number] => [`examples: ${type}`, count]),
    ["usable examples", usable],
    ["tokens", tokens],
    ["tokens learnt", `${trainedTokens}${share}`],
  ];
  const seldom: [string, number][] = [
    ["examples longer than a row", tooLong],
    ["lines that cannot be read", badLines],
    ["lines left out", leftOut],
    ...Object.entries(problemCounts).map(([code, count]): [string, number] => [`problem: ${code}`, count]),
  ];
  return [...always, ...seldom.filter(([, count]) => count > 0)].map(([name, count]) => [name, String(count)]);
}
