import type { OnnxDtype } from "@palaver/hub";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type BenchReport, benchReport, reportText } from "../bench/bench-report.ts";
import { benchShape } from "../bench/bench-shape.ts";
import { checkPlan, longestSequence, type MeasurePlan } from "../bench/measure-decoder.ts";
import { type ShapeName, shapes } from "../bench/shapes.ts";
import { defined } from "../defined.ts";
import { interruptible } from "../interrupts.ts";
import { type Io, write, writeJson } from "../io.ts";
import { loadModel } from "../load-model.ts";
import { openNamedModel } from "../open-named-model.ts";
import { adapterOption, type DeviceFlags, dtypeOption, integer, withDeviceFlags } from "../options.ts";
import { progressBar } from "../progress-bar.ts";
import { UsageError } from "../usage-error.ts";
import { warn } from "../warn.ts";

interface Flags extends DeviceFlags {
  readonly shape?: ShapeName;
  readonly adapter?: string;
  readonly quantize?: "q4" | "q8" | "int8" | "none";
  readonly prefillForm?: "int8" | "none";
  readonly cache?: "float32" | "int8";
  readonly block?: string;
  readonly contexts?: readonly number[];
  readonly prefill?: readonly number[];
  readonly dtype?: OnnxDtype;
  readonly runs: number;
  readonly json?: boolean;
}

const defaultPrefill = [512];
const defaultContexts = [128, 1024];

/** `palaver bench`: how long prompts and tokens take, on the way that every command takes. */
export function benchCommand(program: Command, io: Io): void {
  const command = program
    .command("bench")
    .description("Time prompts and decoding: medians of wall and processor time.")
    .argument("[MODEL]", "a folder, a .gguf file")
    .addOption(new Option("--shape <name>", "random weights of this size, instead of MODEL").choices(shapeNames))
    .addOption(
      new Option("--quantize <form>", "the shape's weights in 4 or 8 bits, or float32 (default: q4)").choices([
        "q4",
        "q8",
        "int8",
        "none",
      ]),
    )
    .addOption(
      new Option("--block <n>", "weights that share a scale (default: 128, or what fits)").choices(["32", "64", "128"]),
    )
    .addOption(
      new Option("--prefill-form <form>", "a second graph for prompts (default: none)").choices(["int8", "none"]),
    )
    .addOption(
      new Option("--cache <type>", "the shape's keys and values (default: float32)").choices(["float32", "int8"]),
    )
    .option("--prefill <list>", `lengths of prompts, in tokens (default: ${defaultPrefill})`, lengths)
    .option("--contexts <list>", `lengths at which to decode, in tokens (default: ${defaultContexts})`, lengths)
    .addOption(dtypeOption())
    .option("--runs <n>", "rounds to take medians of, after one to warm up", integer(1, 1000), 5)
    .option("--json", "one JSON value: {model, driver, device, threads, loadMs, rssBytes, prefill, decode}");
  withDeviceFlags(command.addOption(adapterOption())).action(async (name: string | undefined, flags: Flags) => {
    checkUsage(name, flags);
    const report = await interruptible(io.interrupts, (signal) =>
      name === undefined ? benchRandom(io, flags, signal) : benchStored(io, name, { flags, signal }),
    );
    if (flags.json) await writeJson(io, report);
    else await write(io.stdout, reportText(report));
  });
}

// --- internal ---

const shapeNames = Object.keys(shapes);

/** More lengths than a table should have rows. */
const maxLengths = 32;

function lengths(text: string): number[] {
  const values = text.split(",").map(integer(1, 1 << 20));
  if (values.length > maxLengths) throw new InvalidArgumentError(`There can be up to ${maxLengths} lengths.`);
  return values;
}

function checkUsage(name: string | undefined, flags: Flags): void {
  const { shape, adapter, dtype, quantize, block, prefillForm, cache } = flags;
  if (name === undefined && shape === undefined) throw new UsageError("bench needs a MODEL or --shape");
  if (name !== undefined && shape !== undefined) throw new UsageError("bench takes a MODEL or --shape, not both");
  if (shape !== undefined && adapter !== undefined)
    throw new UsageError("--adapter is for a MODEL: a shape has random weights");
  if (shape !== undefined && dtype !== undefined)
    throw new UsageError("--dtype is for a MODEL, --shape has --quantize");
  if (shape === undefined && [quantize, block, prefillForm, cache].some((flag) => flag !== undefined)) {
    throw new UsageError(
      "--quantize, --block, --prefill-form and --cache are for --shape: a model is measured as it is",
    );
  }
}

async function benchRandom(io: Io, flags: Flags, signal: AbortSignal): Promise<BenchReport> {
  const { shape, prefill = defaultPrefill, contexts = defaultContexts, runs } = flags;
  const bar = progressBar(io, "writing random weights");
  try {
    // checkUsage: without a MODEL there is a shape.
    return await benchShape(shape!, {
      plan: { prefill, contexts, runs, signal },
      runtime: runtimeOptions(io, flags),
      quantize: flags.quantize ?? "q4",
      block: flags.block === undefined ? undefined : (Number(flags.block) as 32 | 64 | 128), // commander checked it
      prefill: flags.prefillForm ?? "none",
      cache: flags.cache ?? "float32",
      onProgress: (progress) => (progress.doneBytes < progress.totalBytes ? bar.update(progress) : bar.end()),
    });
  } finally {
    bar.end();
  }
}

async function benchStored(
  io: Io,
  name: string,
  { flags, signal }: { readonly flags: Flags; readonly signal: AbortSignal },
): Promise<BenchReport> {
  const bar = progressBar(io, "importing");
  try {
    // Before the clock starts: an import is made once, a load is made each time.
    const { adapter, dtype } = flags;
    // Only what was asked for: the default lengths are those that fit.
    const neededContextTokens = longestSequence({ prefill: flags.prefill ?? [], contexts: flags.contexts ?? [] });
    const options = { adapter, dtype, neededContextTokens, onProgress: bar.update, signal };
    const { form, details } = await openNamedModel(name, options);
    bar.end();
    const builtTokens = form.contextTokens ?? details.contextTokens ?? Number.POSITIVE_INFINITY;
    const plan = storedPlan(flags, builtTokens, signal);
    checkPlan(plan, builtTokens);
    const start = performance.now();
    const contextTokens = Math.max(1, longestSequence(plan));
    const model = await loadModel(name, {
      ...runtimeOptions(io, flags),
      adapter: flags.adapter,
      dtype: flags.dtype,
      contextTokens,
      signal,
    });
    try {
      const loadMs = performance.now() - start;
      return await benchReport({ model: model.name, decoder: model.decoder, loadMs }, plan);
    } finally {
      await model.close();
    }
  } finally {
    bar.end();
  }
}

/** Lengths that nobody asked for are left out where a model is too short for them. */
function storedPlan({ prefill, contexts, runs }: Flags, builtTokens: number, signal: AbortSignal): MeasurePlan {
  const fits = (plan: Partial<MeasurePlan>) => longestSequence({ prefill: [], contexts: [], ...plan }) <= builtTokens;
  return {
    prefill: prefill ?? defaultPrefill.filter((tokens) => fits({ prefill: [tokens] })),
    contexts: contexts ?? defaultContexts.filter((context) => fits({ contexts: [context] })),
    runs,
    signal,
  };
}

function runtimeOptions(io: Io, { device, driver, threads }: Flags) {
  const onWarning = (text: string) => warn(io, text);
  return { device, driver, onWarning, ...defined({ threads }) };
}
