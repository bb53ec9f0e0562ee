import { cpus } from "node:os";

/** The result as a page: processor time first, since it is what a shared machine can tell. */
export function markdownReport(result) {
  const { shape, layers, runs, threads, tokens, cases, engines, load, seconds, command } = result;
  const ran = engines.filter(({ failure }) => failure === undefined);
  const table = (title, cell) =>
    aligned([[title, ...cases.map(({ name }) => name)], ...ran.map((engine) => cell(engine))]);
  const times = (key) => (engine) => [
    engine.name,
    ...cases.map(({ name }) => {
      const { low, median, high } = spread(engine.times.get(name).map((time) => time[key]));
      return `${show(median)} (${show(low)} to ${show(high)})`;
    }),
  ];
  const model = cpus()[0]?.model.trim() || "unknown";
  return `${[
    `# ${shape}, side by side`,
    "",
    ...(layers === undefined ? [] : [`Only ${layers} of its layers: a trial of the scripts, not a result.`, ""]),
    `Random weights of the exact shape of ${shape}. Each engine runs in a process of its own through its Node package, with`,
    `${threads} thread, picks the likeliest token, and takes turns with the others: ${runs} rounds after one to warm up, in each a prompt and`,
    `${tokens} tokens after each context. Milliseconds: the median, in brackets the 10th and 90th percentile. Lower is better.`,
    "",
    ...engines.filter(({ about }) => about).map(({ name, about }) => `- **${name}**: ${about}`),
    "",
    "Where the forms of Transformers.js come from is told in [bench/runtime](../../bench/runtime/README.md).",
    "",
    `Made on ${new Date().toISOString().slice(0, 10)} on a machine of ${cpus().length} cores (${model}) in ${Math.ceil(seconds / 60)} minutes; load average`,
    `${load.toFixed(1)} at the start. Processor time is what to compare; wall time moves with what else the machine does.`,
    "",
    `![Processor time, bars](${shape}.svg)`,
    "",
    ...table("Processor time, ms", times("cpuMs")),
    "",
    ...ratioTables(ran, cases),
    ...table("Wall time, ms", times("wallMs")),
    "",
    ...aligned([
      ["", "loading, processor ms", "resident memory at the end, MB"],
      ...ran.map(({ name, load: loading, rssBytes }) => [
        name,
        show(loading.cpuMs),
        String(Math.round(rssBytes / 1e6)),
      ]),
    ]),
    "",
    `Versions: ${[...new Set(ran.map(({ version }) => version))].join("; ")}.`,
    "",
    ...engines
      .filter((engine) => !ran.includes(engine))
      .map(({ name, failure }) => `- ${name} did not run: ${failure}`),
    ...agreement(result),
    "",
    `Made by \`bench/runtime\`: \`${command}\`.`,
  ].join("\n")}\n`;
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

// What is asked of a comparison: how many times as fast as each rival, of the same run's medians.
function ratioTables(ran, cases) {
  const medianOf = (engine, { name }) => spread(engine.times.get(name).map(({ cpuMs }) => cpuMs)).median;
  const own = ran.filter(({ name }) => name.startsWith("Palaver"));
  const rivals = ran.filter((engine) => !own.includes(engine));
  return rivals.flatMap((rival) => [
    ...aligned([
      [`times as fast as ${rival.name}`, ...cases.map(({ name }) => name)],
      ...own.map((engine) => [
        engine.name,
        ...cases.map((each) => (medianOf(rival, each) / medianOf(engine, each)).toFixed(2)),
      ]),
    ]),
    "",
  ]);
}

// As the formatter would have it: the first column to the left, numbers to the right.
function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  const line = (row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  const [head, ...body] = rows;
  return [line(head), line(rule), ...body.map(line)];
}

// Only engines that compute the same function can be compared.
function agreement({ engines, checks, compared }) {
  const ran = [...engines, ...checks].filter(({ failure, numbers }) => failure === undefined && numbers !== undefined);
  const groups = groupBy(ran, ({ numbers }) => numbers);
  return [...groups].map(([numbers, members]) => {
    const names = members.map(({ name }) => name).join("; ");
    const answers = new Set(members.map(({ ids }) => ids));
    if (members.length < 2) return `- Nothing to compare with the numbers of ${numbers}: only one ran (${names}).`;
    if (answers.size === 1)
      return `- With the numbers of ${numbers} these chose the same tokens after ${compared} (${[...answers][0]}): ${names}.`;
    const each = members.map(({ name, ids }) => `${name}: ${ids}`).join("; ");
    return `- With the numbers of ${numbers} the tokens after ${compared} are **not** the same: ${each}.`;
  });
}

// Node 20 has no Map.groupBy of its own.
function groupBy(values, key) {
  const groups = new Map();
  for (const value of values) groups.set(key(value), [...(groups.get(key(value)) ?? []), value]);
  return groups;
}
