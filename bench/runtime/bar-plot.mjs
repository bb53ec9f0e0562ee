import { show, spread } from "./markdown-report.mjs";

const colors = ["#1d4ed8", "#60a5fa", "#93c5fd", "#d97706", "#6b7280"];
const panelWidth = 270;
const barWidth = 34;
const plotHeight = 160;
const top = 60;

/** Processor time as bars, a panel for each case with a scale of its own; whiskers from the 10th to the 90th percentile. */
export function barPlot({ shape, threads, cases, engines }) {
  const width = 20 + panelWidth * cases.length;
  const height = top + plotHeight + 60;
  const colorOf = (engine) => colors[engines.indexOf(engine)]; // the same where one is missing
  const ran = engines.filter(({ failure }) => failure === undefined);
  const parts = cases.map((each, panel) => {
    const spreads = ran.map((engine) => spread(engine.times.get(each.name).map(({ cpuMs }) => cpuMs)));
    const scale = plotHeight / Math.max(...spreads.map(({ high }) => high));
    const left = 20 + panel * panelWidth;
    const bars = spreads.map(({ low, median, high }, i) => {
      const x = left + 6 + i * (barWidth + 14);
      const middle = x + barWidth / 2;
      const y = (ms) => round(top + plotHeight - ms * scale);
      return [
        `<rect x="${x}" y="${y(median)}" width="${barWidth}" height="${round(median * scale)}" fill="${colorOf(ran[i])}"/>`,
        `<line x1="${middle}" y1="${y(low)}" x2="${middle}" y2="${y(high)}" stroke="#111827"/>`,
        `<text x="${middle}" y="${y(Math.max(median, high)) - 5}" text-anchor="middle">${show(median)}</text>`,
      ].join("\n");
    });
    const base = top + plotHeight;
    const axis = `<line x1="${left}" y1="${base}" x2="${left + panelWidth - 20}" y2="${base}" stroke="#111827"/>`;
    const title = `<text x="${left + (panelWidth - 20) / 2}" y="${base + 20}" text-anchor="middle">${each.name}</text>`;
    return [...bars, axis, title].join("\n");
  });
  const legend = ran.map((engine, i) => {
    const x = 20 + i * 190;
    const square = `<rect x="${x}" y="${height - 22}" width="12" height="12" fill="${colorOf(engine)}"/>`;
    return `${square}<text x="${x + 18}" y="${height - 12}">${engine.name}</text>`;
  });
  const heading = `${shape}: processor time in ms, ${threads} thread, lower is better`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${heading}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="20" y="24" font-size="14" font-weight="bold">${heading}</text>`,
    ...parts,
    ...legend,
    "</svg>",
    "",
  ].join("\n");
}

function round(value) {
  return Math.round(value * 10) / 10;
}
