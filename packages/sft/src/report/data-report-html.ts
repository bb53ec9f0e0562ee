import type { DataPreview, DataReport } from "./data-report.ts";
import { escapeHtml } from "./escape-html.ts";

export interface DataReportHtmlOptions {
  /** Default: `Training data`. */
  readonly title?: string | undefined;
}

/** A report as one HTML page that loads nothing and runs nothing. What is learnt is coloured and underlined. */
export function dataReportHtml(report: DataReport, { title = "Training data" }: DataReportHtmlOptions = {}): string {
  const { problems, badLineReasons, previews } = report;
  const verdict = report.isUsable ? "Nothing was found that would go wrong." : "Not fit for training as it is.";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p class="${report.isUsable ? "good" : "bad"}">${verdict}</p>
<h2>Counts</h2>
${table(["what", "how many"], counts(report))}
<h2>Lengths in tokens</h2>
${histogram(report)}
<h2>Problems</h2>
${
  problems.length === 0
    ? "<p>None.</p>"
    : table(
        ["line", "problem", "what was found"],
        problems.map(({ line, code, message }) => [line, code, message]),
      )
}
<h2>Lines that could not be read</h2>
${
  badLineReasons.length === 0
    ? "<p>None.</p>"
    : table(
        ["line", "why"],
        badLineReasons.map(({ line, reason }) => [line, reason]),
      )
}
<h2>What is learnt</h2>
<p><mark>Learnt</mark>; the rest is only read.</p>
${previews.map(preview).join("\n")}
</body>
</html>
`;
}

// --- internal ---

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: 0.2rem 0.8rem; border-bottom: 1px solid #8886; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 0.8rem; border: 1px solid #8886; border-radius: 0.3rem; }
mark { background: #2a74; color: inherit; text-decoration: underline; }
meter { width: 16rem; }
.good { border-left: 0.4rem solid #2a7; padding-left: 0.8rem; }
.bad { border-left: 0.4rem solid #c33; padding-left: 0.8rem; }
`;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(String(cell))}</${tag}>`).join("")}</tr>`;
  return `<table>\n${[line(head, "th"), ...rows.map((row) => line(row, "td"))].join("\n")}\n</table>`;
}

function counts(report: DataReport): [string, number | string][] {
  const { usable, badLines, leftOut, tooLong, tokens, trainedTokens } = report;
  const share = tokens === 0 ? "" : ` (${((100 * trainedTokens) / tokens).toFixed(1)} %)`;
  return [
    ...Object.entries(report.types).map(([type, count]): [string, number] => [`examples: ${type}`, count]),
    ["usable examples", usable],
    ["examples longer than a row", tooLong],
    ["lines that could not be read", badLines],
    ["lines left out", leftOut],
    ["tokens", tokens],
    ["tokens learnt", `${trainedTokens}${share}`],
    ...Object.entries(report.problemCounts).map(([code, count]): [string, number] => [`problem: ${code}`, count]),
  ];
}

function histogram({ histogram: bars }: DataReport): string {
  const most = Math.max(1, ...bars.map(({ examples }) => examples));
  const rows = bars.map(
    ({ maxTokens, examples }) =>
      `<tr><td>to ${maxTokens}</td><td><meter max="${most}" value="${examples}">${examples}</meter></td><td>${examples}</td></tr>`,
  );
  return `<table>\n${rows.join("\n")}\n</table>`;
}

function preview({ line, pieces }: DataPreview): string {
  const text = pieces.map((piece) => {
    const escaped = escapeHtml(piece.text);
    return piece.isTrained ? `<mark>${escaped}</mark>` : escaped;
  });
  return `<h3>Line ${line}</h3>\n<pre>\n${text.join("")}</pre>`;
}
