import type { ImportReport } from "@palaver/hub";

/** What an import told, a line each. */
export function importReportLines({ rounding, notes }: ImportReport): string[] {
  if (rounding === undefined) return [...notes];
  const { tensors, relativeError, worstTensor, worstRelativeError } = rounding;
  const lost = `rounding ${tensors} tensors made a relative RMS error of ${share(relativeError)}`;
  return [...notes, `${lost}, the largest ${share(worstRelativeError)} in ${worstTensor}`];
}

// --- internal ---

function share(value: number): string {
  return `${(100 * value).toPrecision(3)} %`;
}
