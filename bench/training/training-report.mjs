/** The page of results. */
export function trainingReport({ results, runs, load, machine }) {
  const about = results[0].sides.map((side) => `${side.name}: ${side.about}`);
  return `# Training, beside PyTorch

\`writeTraining\` of \`@palaver/graph\` on Palaver's native runtime, and the same decoder in plain PyTorch
([bench/training](../../bench/training/README.md)): the same weights, the same batch of packed sequences, half of the tokens
predicted, float32, one thread each. Steps take turns after one to warm up; rounds: ${runs}.

Made on ${new Date().toISOString().slice(0, 10)} on a shared machine of ${machine}; load average ${load.toFixed(1)} at the start.
Processor time is what to compare; wall time moves with what else the machine does.

${about.map((line) => `- ${line}`).join("\n")}

## Speed

Tokens a second of one thread's processor time: the median of forward and backward together, in brackets the slowest and the fastest
round; then with the step of AdamW, as it is when each batch is a step.

${table(
  ["parameters, batch", "Palaver", "PyTorch", "ratio", "Palaver with step", "PyTorch with step"],
  results.map((result) => {
    const [ours, theirs] = result.sides.map((side) => rates(result, side, (step) => step.gradient.cpu));
    const whole = result.sides.map((side) => rates(result, side, (step) => step.gradient.cpu + step.update.cpu));
    return [
      label(result),
      spread(ours),
      spread(theirs),
      (median(ours) / median(theirs)).toFixed(2),
      ...whole.map((rate) => String(round(median(rate)))),
    ];
  }),
)}

Wall time of one step, milliseconds, and the process's peak of resident memory:

${table(
  ["parameters, batch", "Palaver", "PyTorch", "Palaver, MB", "PyTorch, MB"],
  results.map((result) => [
    label(result),
    ...result.sides.map((side) => median(side.steps.map((s) => s.gradient.wall + s.update.wall)).toFixed(0)),
    ...result.sides.map((side) => side.peakMb.toFixed(0)),
  ]),
)}

## The same numbers

The loss before the first step; the largest difference of a gradient's element, as a share of the largest element of its
tensor, over all tensors; the loss after ${runs + 1} steps of AdamW.

${table(
  ["parameters, batch", "Palaver", "PyTorch", "gradients differ by", "Palaver, after", "PyTorch, after"],
  results.map((result) => [
    label(result),
    ...result.sides.map((side) => side.firstLoss.toFixed(6)),
    `${result.difference.share.toExponential(1)} (${result.difference.tensors} tensors)`,
    ...result.sides.map((side) => side.steps.at(-1).loss.toFixed(5)),
  ]),
)}
`;
}

function label({ shape, rows, tokens }) {
  return `${shape}, ${rows} x ${tokens}`;
}

function rates({ rows, tokens }, { steps }, time) {
  return steps.map((step) => (1000 * rows * tokens) / time(step));
}

function spread(rates) {
  return `${round(median(rates))} (${round(Math.min(...rates))} to ${round(Math.max(...rates))})`;
}

function round(rate) {
  return Math.round(rate / 10) * 10;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function table(head, rows) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}
