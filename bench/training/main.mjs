// Palaver's training graphs beside PyTorch: the same weights, the same batch, one thread each.
//   node main.mjs --runs 5 --python /usr/bin/python3
// First losses and every gradient are compared, then steps take turns. Writes docs/benchmarks/training.md.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readTensors, shapes, writeTrainingFiles } from "./training-files.mjs";
import { trainingReport } from "./training-report.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { values: flags } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    python: { type: "string", default: "python3" },
    out: { type: "string", default: join(here, "../../docs/benchmarks/training.md") },
  },
});
const runs = Number(flags.runs);
const cases = [
  { shape: "3M", rows: 16, tokens: 256 },
  { shape: "3M", rows: 4, tokens: 256 },
  { shape: "3M", rows: 1, tokens: 1024 },
  { shape: "10M", rows: 16, tokens: 256 },
  { shape: "10M", rows: 4, tokens: 256 },
];

const load = loadavg()[0];
const results = [];
for (const benchCase of cases) results.push(await measure(benchCase));
const machine = `${cpus().length} cores (${cpus()[0].model.trim()})`;
writeFileSync(flags.out, trainingReport({ results, runs, load, machine }));

async function measure(benchCase) {
  const folder = mkdtempSync(join(tmpdir(), "palaver-training-"));
  const sides = [];
  try {
    writeTrainingFiles(folder, shapes[benchCase.shape], benchCase);
    sides.push(start("Palaver", process.execPath, [join(here, "workers/palaver.mjs"), folder]));
    sides.push(start("PyTorch", flags.python, [join(here, "workers/pytorch.py"), folder]));
    for (const side of sides) {
      side.about = await side.ask("about");
      side.firstLoss = await side.ask("gradients");
    }
    const difference = compareGradients(folder);
    for (let round = 0; round <= runs; round++) {
      for (const side of sides) {
        const step = await side.ask("step");
        if (round > 0) side.steps.push(step);
      }
    }
    for (const side of sides) side.peakMb = await side.ask("peak");
    console.error(
      benchCase,
      difference,
      sides.map(({ about, firstLoss, peakMb }) => ({ about, firstLoss, peakMb })),
    );
    return { ...benchCase, difference, sides: sides.map(({ ask, end, ...side }) => side) };
  } finally {
    for (const side of sides) await side.end();
    rmSync(folder, { recursive: true });
  }
}

function start(name, command, args) {
  // OpenBLAS 0.3.21 does not know processors that came after it, and may take kernels without AVX-512 there.
  const wide = readFileSync("/proc/cpuinfo", "utf8").includes("avx512bw") ? { OPENBLAS_CORETYPE: "SkylakeX" } : {};
  const one = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
  const env = { ...process.env, ...one, ...wide };
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const ask = async (question) => {
    child.stdin.write(`${question}\n`);
    const { value, done } = await lines.next();
    if (done) {
      console.error(`${name} ended before it answered ${question}`);
      process.exit(1);
    }
    return JSON.parse(value);
  };
  const end = () => {
    child.stdin.end();
    return ended;
  };
  return { name, steps: [], ask, end };
}

// The largest difference of an element as a share of its tensor's largest.
function compareGradients(folder) {
  const expected = new Map(readTensors(join(folder, "pytorch")).map((tensor) => [tensor.name, tensor.values]));
  let worst = { share: 0, name: "" };
  for (const { name, values } of readTensors(join(folder, "palaver"))) {
    const other = expected.get(name);
    let largest = 0;
    let difference = 0;
    for (let i = 0; i < values.length; i++) {
      largest = Math.max(largest, Math.abs(other[i]));
      difference = Math.max(difference, Math.abs(values[i] - other[i]));
    }
    if (!(difference / largest <= worst.share)) worst = { share: difference / largest, name };
  }
  return { ...worst, tensors: expected.size };
}
