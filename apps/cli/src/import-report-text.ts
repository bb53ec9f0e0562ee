import type { ImportReport, RoundingReport } from "@palaver/hub";

/** What an import told, a line each. */
export function importReportLines({ rounding, prefillRounding, notes }: ImportReport): string[] {
  const lines = [...notes];
  if (rounding !== undefined) lines.push(roundingLine(rounding));
  if (prefillRounding !== undefined) lines.push(`in the graph for prompts ${roundingLine(prefillRounding)}`);
  return lines;
}

// --- internal ---

function roundingLine({ tensors, relativeError, worstTensor, worstRelativeError }: RoundingReport): string {
  const lost = `rounding ${tensors} tensors made a relative RMS error of ${share(relativeError)}`;
  return `${lost}, the largest ${share(worstRelativeError)} in ${worstTensor}`;
}

function share(value: number): string {
  return `${(100 * value).toPrecision(3)} %`;
}
