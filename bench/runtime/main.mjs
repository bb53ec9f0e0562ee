// Palaver, llama.cpp and Transformers.js at the same shape, with the same random weights, on one thread each:
//   node main.mjs --shape smollm2-135m
// Processes take turns within a round; what counts is their own processor time, which another program's load leaves
// almost alone. Writes docs/benchmarks/SHAPE.md and SHAPE.svg.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { barPlot } from "./bar-plot.mjs";
import { EngineProcess } from "./engine-process.mjs";
import { engines } from "./engines.mjs";
import { markdownReport } from "./markdown-report.mjs";
import { writeShapeFiles } from "./shape-files.mjs";

const { values: flags, tokens: given } = parseArgs({
  tokens: true,
  options: {
    shape: { type: "string", default: "smollm2-135m" },
    runs: { type: "string", default: "5" },
    prefill: { type: "string", default: "512" },
    contexts: { type: "string", default: "128,1024,4096" },
    tokens: { type: "string", default: "12" },
    engines: { type: "string", default: engines.map(({ id }) => id).join(",") },
    layers: { type: "string" },
    files: { type: "string" },
    out: { type: "string", default: join(dirname(fileURLToPath(import.meta.url)), "../../docs/benchmarks") },
  },
});
const runs = Math.max(1, Number(flags.runs));
const threads = 1;
// The first of each turn is not counted: a call's own beginning is in it.
const decoded = Number(flags.tokens) + 1;
const prefill = Number(flags.prefill);
const contexts = flags.contexts.split(",").map(Number);
const cases = [
  { name: `prefill of ${prefill}`, length: prefill, request: "prefill" },
  ...contexts.map((length) => ({ name: `one token at ${length}`, length, request: "decode" })),
];
const compared = contexts.includes(1024) ? 1024 : contexts[0];
const room = decoded + 4;
const contextTokens = Math.max(prefill, ...contexts) + room;

const chosen = flags.engines.split(",");
const columns = engines.filter(
  ({ id, needs }) => chosen.includes(id) && (needs === undefined || chosen.includes(needs)),
);
const timed = columns.filter(({ check }) => !check);

const start = performance.now();
const folder =
  flags.files === undefined ? mkdtempSync(join(tmpdir(), "palaver-bench-")) : join(flags.files, flags.shape);
mkdirSync(folder, { recursive: true });
const load = loadavg()[0];
try {
  const names = columns.flatMap(({ files }) => Object.values(files));
  const { vocab } = await writeShapeFiles(folder, flags.shape, {
    names,
    layers: flags.layers === undefined ? undefined : Number(flags.layers),
    onFile: (name) => say(`writing ${name}`),
  });
  const opened = [];
  for (const column of timed) opened.push(await openColumn(column, vocab));
  for (let round = 0; round <= runs; round++) {
    say(round === 0 ? "warming up" : `round ${round} of ${runs}`);
    for (const benchCase of cases)
      for (const column of opened) await measure(column, benchCase, { vocab, counts: round > 0 });
  }
  for (const column of opened) await close(column);
  const checks = [];
  for (const column of columns.filter(({ check }) => check)) {
    const opening = await openColumn(column, vocab, [compared]);
    await measure(opening, { request: "decode", length: compared }, { vocab, counts: false });
    await close(opening);
    checks.push(opening);
  }
  const seconds = (performance.now() - start) / 1000;
  const options = given.filter(({ name }) => name !== "out" && name !== "files");
  const command = ["node main.mjs", ...options.map(({ rawName, value }) => `${rawName} ${value}`)].join(" ");
  const result = {
    shape: flags.shape,
    layers: flags.layers,
    runs,
    threads,
    tokens: decoded - 1,
    cases,
    compared,
    engines: opened,
    checks,
    load,
    seconds,
    command,
  };
  mkdirSync(flags.out, { recursive: true });
  writeFileSync(join(flags.out, `${flags.shape}.md`), markdownReport(result));
  writeFileSync(join(flags.out, `${flags.shape}.svg`), barPlot(result));
  say(`wrote ${join(flags.out, `${flags.shape}.md`)}`);
} finally {
  if (flags.files === undefined) rmSync(folder, { recursive: true, force: true });
}

async function openColumn({ worker, files, ...column }, vocab, lengths = contexts) {
  const engine = new EngineProcess(worker, folder);
  const opened = { ...column, engine, times: new Map(cases.map(({ name }) => [name, []])) };
  say(`opening ${column.name}`);
  const answer = await engine.ask("open", { folder, threads, contextTokens, room, ...files });
  if (answer !== undefined) Object.assign(opened, { version: answer.about, load: answer.load });
  for (const length of lengths) await engine.ask("hold", { ids: prompt(length, vocab) });
  return opened;
}

async function measure(column, { name, length, request }, { vocab, counts }) {
  const options = request === "decode" ? { length, count: decoded } : { ids: prompt(length, vocab) };
  const answer = await column.engine.ask(request, options);
  if (answer === undefined) return;
  const times = request === "decode" ? answer.times.slice(1) : [answer.time];
  if (counts) column.times.get(name).push(...times);
  if (request === "decode" && length === compared) column.ids = answer.ids.slice(0, 5).join(" ");
}

async function close(column) {
  column.rssBytes = await column.engine.ask("memory");
  await column.engine.ask("close");
  column.failure = column.engine.failure;
  say(`${column.name}: ${column.failure ?? `${column.version}; ids after ${compared}: ${column.ids}`}`);
}

// Past the tokens that GGUF calls special.
function prompt(length, vocab) {
  return Array.from({ length }, (_, i) => 300 + ((i * 7919) % (vocab - 300)));
}

function say(text) {
  console.error(`${((performance.now() - start) / 1000).toFixed(0).padStart(5)} s  ${text}`);
}
