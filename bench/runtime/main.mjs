// Palaver, llama.cpp and Transformers.js at the same shape, with the same random weights, on one thread each:
//   node main.mjs --shape smollm2-135m --runs 5
// Processes take turns within a round; what counts is their own processor time, which another program's load leaves
// almost alone. Writes docs/benchmarks/SHAPE.md and SHAPE.svg.
import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { barPlot } from "./bar-plot.mjs";
import { markdownReport } from "./markdown-report.mjs";
import { writeShapeFiles } from "./shape-files.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, "../..");

const { values: flags } = parseArgs({
  options: {
    shape: { type: "string", default: "smollm2-135m" },
    runs: { type: "string", default: "5" },
    long: { type: "string", default: "4096,8000" },
    out: { type: "string", default: join(repository, "docs/benchmarks") },
  },
});
const runs = Number(flags.runs);
const threads = 1;
const decoded = 16;
const cases = [
  { name: "prefill of 512", prompt: 512, count: 0 },
  { name: "one token at 128", prompt: 128, count: decoded },
  { name: "one token at 1024", prompt: 1024, count: decoded },
  // Long prompts take minutes each: once, after the rounds.
  ...flags.long
    .split(",")
    .flatMap((length) =>
      length === "" ? [] : [{ name: `one token at ${length}`, prompt: Number(length), count: decoded, once: true }],
    ),
];
const contextTokens = Math.max(...cases.map(({ prompt }) => prompt)) + 128;

const engines = [
  { name: "Palaver", worker: "palaver.mjs", model: "palaver.onnx" },
  { name: "Palaver, int8 prompts", worker: "palaver.mjs", model: "palaver.onnx", prefillModel: "prefill.onnx" },
  { name: "Palaver, blocks of 32", worker: "palaver.mjs", model: "palaver-32.onnx", sameNumbers: true },
  { name: "llama.cpp", worker: "llama-cpp.mjs", sameNumbers: true },
  { name: "Transformers.js", worker: "transformers.mjs", sameNumbers: true },
];

const folder = mkdtempSync(join(tmpdir(), "palaver-bench-"));
const load = loadavg()[0];
try {
  console.error(`writing ${flags.shape}`);
  const { vocab } = await writeShapeFiles(folder, flags.shape);
  const opened = [];
  for (const engine of engines) opened.push(await openEngine(engine));
  for (let round = 0; round <= runs; round++) {
    console.error(round === 0 ? "warming up" : `round ${round} of ${runs}`);
    for (const benchCase of cases.filter(({ once }) => !once)) {
      for (const engine of opened) await measure(engine, { ...benchCase, vocab, counts: round > 0 });
    }
  }
  for (const benchCase of cases.filter(({ once }) => once)) {
    console.error(benchCase.name);
    for (const engine of opened) await measure(engine, { ...benchCase, vocab, counts: true });
  }
  for (const engine of opened) {
    if (engine.failure === undefined) engine.rssBytes = await engine.ask("memory");
    console.error(`${engine.name}: ${engine.failure ?? `${engine.about}; first ids ${engine.ids}`}`);
    if (engine.failure === undefined) await engine.ask("close");
    else engine.kill();
  }
  const result = { shape: flags.shape, runs, threads, cases, engines: opened, load };
  mkdirSync(flags.out, { recursive: true });
  writeFileSync(join(flags.out, `${flags.shape}.md`), markdownReport(result));
  writeFileSync(join(flags.out, `${flags.shape}.svg`), barPlot(result));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function openEngine({ name, worker, sameNumbers, ...files }) {
  const child = fork(join(here, "workers", worker), { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const ask = (request, options) =>
    new Promise((resolve, reject) => {
      const onExit = (code, signal) => reject(`its process ended with ${signal ?? `code ${code}`}`);
      if (!child.connected) return onExit(child.exitCode, child.signalCode);
      child.once("exit", onExit);
      child.once("message", ({ result, error }) => {
        child.off("exit", onExit);
        if (error === undefined) resolve(result);
        else reject(error);
      });
      child.send({ request, options });
    });
  const engine = {
    name,
    sameNumbers,
    ask,
    kill: () => child.kill(),
    times: new Map(cases.map((each) => [each.name, []])),
  };
  await attempt(engine, async () => {
    const { about, load } = await ask("open", { folder, threads, contextTokens, ...files });
    Object.assign(engine, { about, load });
  });
  return engine;
}

async function measure(engine, { name, prompt, count, vocab, counts }) {
  if (engine.failure !== undefined) return;
  await attempt(engine, async () => {
    // Past the tokens that GGUF calls special.
    const ids = Array.from({ length: prompt }, (_, i) => 300 + ((i * 7919) % (vocab - 300)));
    const answer = await engine.ask("answer", { ids, count });
    if (counts) engine.times.get(name).push(...(count === 0 ? [answer.prefill] : answer.tokens));
    if (prompt === 1024) engine.ids = answer.ids.slice(0, 4).join(" ");
  });
}

/** An engine that cannot run here is reported with its reason; the others go on. */
async function attempt(engine, action) {
  try {
    await action();
  } catch (reason) {
    engine.failure = String(reason).replaceAll(repository, "").replaceAll(folder, "");
  }
}
