import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CacheType, QuantizeOptions } from "@palaver/graph";
import { type OpenRuntimeOptions, openDecoder, openRuntime } from "@palaver/onnx";
import type { Progress } from "../progress-bar.ts";
import { type BenchReport, benchReport } from "./bench-report.ts";
import { checkPlan, longestSequence, type MeasurePlan } from "./measure-decoder.ts";
import { type ShapeName, shapes } from "./shapes.ts";
import { type WriteShapeOptions, writeShape } from "./write-shape.ts";

export interface BenchShapeOptions {
  readonly quantize: NonNullable<QuantizeOptions["quantize"]>;
  readonly block: QuantizeOptions["block"];
  /** `int8` measures with a second graph for prompts. */
  readonly prefill: "none" | "int8";
  /** How the caches hold keys and values. */
  readonly cache: CacheType;
  readonly plan: MeasurePlan;
  readonly runtime: OpenRuntimeOptions;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Measures a decoder of a well-known shape. Its files are written anew each time, into a temporary folder: what is
 * measured is what the graph's writer writes today.
 * @throws ERR_CONTEXT_FULL for more context than the shape has, ERR_IO, ERR_UNSUPPORTED, ERR_RUNTIME; `signal.reason`
 */
export async function benchShape(shape: ShapeName, options: BenchShapeOptions): Promise<BenchReport> {
  const { plan, quantize, block, prefill, cache, onProgress } = options;
  checkPlan(plan, shapes[shape].max_position_embeddings);
  const folder = await mkdtemp(join(tmpdir(), "palaver-bench-"));
  try {
    const contextTokens = Math.max(1, longestSequence(plan));
    const { signal } = plan;
    const about = { cache, contextTokens, onProgress, signal };
    const path = await writeShape(folder, shape, { quantize, block, ...about });
    const prefillModel = prefill === "none" ? undefined : await writePrefill(folder, shape, about);
    const start = performance.now();
    const runtime = await openRuntime(options.runtime);
    try {
      const decoder = await openDecoder(runtime, path, { contextTokens, prefillModel });
      const loadMs = performance.now() - start;
      const model = `${shape}-${formName(options)}`;
      return await benchReport({ model, decoder, loadMs }, plan);
    } finally {
      await runtime.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// --- internal ---

async function writePrefill(folder: string, shape: ShapeName, options: WriteShapeOptions): Promise<string> {
  const place = join(folder, "prefill");
  await mkdir(place);
  return writeShape(place, shape, { ...options, quantize: "int8", prompts: true });
}

function formName({ quantize, block, prefill, cache }: BenchShapeOptions): string {
  const weights =
    quantize === "none"
      ? "f32"
      : quantize === "int8"
        ? "int8"
        : `${quantize}${block === undefined ? "" : `-block${block}`}`;
  const prompts = prefill === "none" ? "" : `-${prefill}-prompts`;
  return `${weights}${prompts}${cache === "int8" ? "-int8-cache" : ""}`;
}
