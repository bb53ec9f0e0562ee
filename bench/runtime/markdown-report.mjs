import { cpus } from "node:os";

/** The result as a page: processor time first, since it is what a shared machine can tell. */
export function markdownReport({ shape, runs, threads, cases, engines, load }) {
  const ran = engines.filter(({ failure }) => failure === undefined);
  const names = engines.map(({ name }) => name);
  const table = (title, cell) =>
    aligned([[title, ...names], ...cases.map((each) => [each.name, ...engines.map((engine) => cell(engine, each))])]);
  const times = (key) => (engine, each) => {
    if (engine.failure !== undefined) return "did not run";
    const { low, median, high } = spread(engine.times.get(each.name).map((time) => time[key]));
    return `${show(median)} (${show(low)} to ${show(high)})`;
  };
  const row = (name, cell) => [
    name,
    ...engines.map((engine) => (engine.failure === undefined ? cell(engine) : "did not run")),
  ];
  const model = cpus()[0]?.model.trim() || "unknown";
  return `${[
    `# ${shape}, side by side`,
    "",
    `Random weights of the exact shape of ${shape}: layers in 4 bits, the vocabulary's table in 8. llama.cpp, Transformers.js`,
    `and "Palaver, blocks of 32" have the same numbers, in blocks of 32; "Palaver" has blocks of 128, which is what it makes of`,
    `float weights; with "int8 prompts" a second graph takes the prompts (\`palaver import --prefill int8\`). ${threads} thread. Each`,
    `runs in a process of its own through its Node package, picks the likeliest token, and takes turns with the others; rounds`,
    `after one to warm up: ${runs}, contexts above 1024 once, 16 tokens. Milliseconds: the median, in brackets the 10th and 90th percentile. Lower is`,
    "better.",
    "",
    `Made on ${new Date().toISOString().slice(0, 10)} on a shared machine of ${cpus().length} cores (${model}); load average ${load.toFixed(1)} at the`,
    "start. Processor time is what to compare; wall time moves with what else the machine does.",
    "",
    `![Processor time, bars](${shape}.svg)`,
    "",
    ...table("Processor time, ms", times("cpuMs")),
    "",
    ...table("Wall time, ms", times("wallMs")),
    "",
    ...aligned([
      ["", ...names],
      row("loading, processor ms", (engine) => show(engine.load.cpuMs)),
      row("resident memory at the end, MB", (engine) => String(Math.round(engine.rssBytes / 1e6))),
    ]),
    "",
    ...ran.map(({ name, about }) => `- ${name}: ${about}`),
    ...engines
      .filter((engine) => !ran.includes(engine))
      .map(({ name, failure }) => `- ${name} did not run: ${failure}`),
    "",
    agreement(ran),
    "",
    `Made by \`bench/runtime\`: \`node main.mjs --shape ${shape} --runs ${runs}\`.`,
  ].join("\n")}\n`;
}

// As the formatter would have it: the first column to the left, numbers to the right.
function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  const [head, ...body] = rows;
  return [line(head), line(rule), ...body.map(line)];
}

// Only engines that compute the same function can be compared.
function agreement(engines) {
  const ran = engines.filter(({ sameNumbers }) => sameNumbers);
  if (ran.length < 2) return "With fewer than two engines there is nothing to compare.";
  const answers = new Set(ran.map(({ ids }) => ids));
  if (answers.size === 1)
    return `The first tokens that the three with the same numbers chose after 1024 are the same: ${[...answers][0]}.`;
  return `The first tokens that each chose are not the same: ${ran.map(({ name, ids }) => `${name} ${ids}`).join("; ")}.`;
}

/** 10th, 50th and 90th percentile. */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  return { low: at(0.1), median: at(0.5), high: at(0.9) };
}

/** Milliseconds with three digits or so. */
export function show(ms) {
  return ms.toFixed(ms < 100 ? 1 : 0);
}
