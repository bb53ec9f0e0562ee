// One product (2048 x 8192) in every form that the CPU provider has, at 1 to 512 rows, on one thread:
//   node main.mjs [--rows 1,8,32,128,512] [--runs 7]
// Processor time of this process, the median of rounds in which the forms take turns. Prints a Markdown table.
import { parseArgs } from "node:util";
import { openRuntime } from "../../packages/onnx/dist/index.js";
import { formGraph, forms } from "./forms.mjs";

const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "1,8,32,128,512" },
    runs: { type: "string", default: "7" },
    k: { type: "string", default: "2048" },
    n: { type: "string", default: "8192" },
  },
});
const K = Number(flags.k);
const N = Number(flags.n);
const rowCounts = flags.rows.split(",").map(Number);
const minBatchMs = 30; // enough for the clock's steps of a fraction of a millisecond

const runtime = await openRuntime({ threads: 1, device: "cpu" });
const sessions = [];
for (const name of Object.keys(forms)) {
  try {
    sessions.push({ name, session: await runtime.load(formGraph(name, { K, N })), cells: [] });
  } catch (error) {
    sessions.push({ name, failure: error.message, cells: [] });
  }
}
for (const rows of rowCounts) {
  const times = new Map(sessions.map((each) => [each, []]));
  for (let round = 0; round <= Number(flags.runs); round++) {
    for (const each of sessions) {
      if (each.failure !== undefined) continue;
      try {
        const ms = await measure(each.session, rows);
        if (round > 0) times.get(each).push(ms);
      } catch (error) {
        each.failure = error.message;
      }
    }
  }
  for (const each of sessions) each.cells.push(median(times.get(each)));
}
await runtime.close();

const head = ["form", ...rowCounts.map((rows) => `${rows} rows`)];
console.log(`| ${head.join(" | ")} |\n| --- |${" ---: |".repeat(rowCounts.length)}`);
for (const { name, cells, failure } of sessions) {
  const shown = failure === undefined ? cells.map((ms) => ms.toFixed(ms < 10 ? 2 : 1)) : [failure];
  console.log(`| ${[name, ...shown].join(" | ")} |`);
}

/** Milliseconds of one run, of a batch that is long enough to measure. */
async function measure(session, rows) {
  const [input] = session.inputs;
  const size = rows * K;
  const values = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
  const codes = Uint8Array.from(values, (value) => 128 + 127 * value);
  const data = { float32: values, uint8: codes, int8: new Int8Array(codes.buffer) }[input.type];
  const x = runtime.tensor(input.type, [rows, K], data);
  const y = runtime.tensor("float32", [rows, N]);
  await session.run({ x }, { y });
  let runs = 0;
  const start = process.cpuUsage();
  let ms = 0;
  while (ms < minBatchMs) {
    await session.run({ x }, { y });
    runs += 1;
    const { user, system } = process.cpuUsage(start);
    ms = (user + system) / 1000;
  }
  x.close();
  y.close();
  return ms / runs;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
