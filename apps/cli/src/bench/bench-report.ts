import type { Decoder } from "@palaver/core";
import { oneLine } from "../terminal-text.ts";
import { type DecoderTimes, type MeasurePlan, measureDecoder } from "./measure-decoder.ts";

/** What `palaver bench --json` prints. */
export interface BenchReport extends DecoderTimes {
  readonly model: string;
  readonly driver: string;
  readonly device: string;
  readonly threads: number;
  /** From a path to a decoder that is ready; importing a checkpoint is not part of it. */
  readonly loadMs: number;
  /** Resident memory of the process after measuring. */
  readonly rssBytes: number;
}

/** Measures an open decoder. @throws what `measureDecoder` throws */
export async function benchReport(
  { model, decoder, loadMs }: { readonly model: string; readonly decoder: Decoder; readonly loadMs: number },
  plan: MeasurePlan,
): Promise<BenchReport> {
  const times = await measureDecoder(decoder, plan);
  const { driver, device, threads } = decoder.info;
  const rssBytes = process.memoryUsage.rss();
  return { model, driver, device, threads, loadMs: Math.round(loadMs), rssBytes, ...times };
}

/** A report for people: a line about the run, then a table. */
export function reportText(report: BenchReport): string {
  const { model, driver, device, threads, loadMs, rssBytes, prefill, decode } = report;
  const rows = [
    ["", "ms", "CPU ms", "tokens/s"],
    ...prefill.map(({ tokens, ms, cpuMs }) => [`prefill of ${tokens}`, fixed(ms), fixed(cpuMs), rate(tokens, ms)]),
    ...decode.map(({ context, msPerToken, cpuMsPerToken }) => [
      `one token at ${context}`,
      fixed(msPerToken),
      fixed(cpuMsPerToken),
      rate(1, msPerToken),
    ]),
  ];
  const about = `${oneLine(model)}: ${driver} driver on ${device}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
  const size = `loaded in ${loadMs} ms, ${Math.round(rssBytes / 1e6)} MB resident`;
  const lines = rows.map(([name = "", ...cells]) => name.padEnd(22) + cells.map((cell) => cell.padStart(11)).join(""));
  return `${about}\n${size}\n\n${lines.join("\n")}\n`;
}

// --- internal ---

function fixed(ms: number): string {
  return ms.toFixed(ms < 100 ? 2 : 0);
}

function rate(tokens: number, ms: number): string {
  return ((tokens * 1000) / ms).toFixed(1);
}
