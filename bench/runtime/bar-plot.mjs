import { show, spread } from "./markdown-report.mjs";

const colors = ["#1e3a8a", "#1d4ed8", "#3b82f6", "#60a5fa", "#93c5fd", "#d97706", "#4b5563", "#9ca3af"];
const barWidth = 34;
const barGap = 14;
const panelGap = 30;
const legendWidth = 190;
const plotHeight = 160;
const top = 60;

/** Processor time as bars, a panel for each case with a scale of its own; whiskers from the 10th to the 90th percentile. */
export function barPlot({ shape, threads, cases, engines }) {
  const colorOf = (engine) => colors[engines.indexOf(engine)]; // the same where one is missing
  const ran = engines.filter(({ failure }) => failure === undefined);
  const panelWidth = ran.length * (barWidth + barGap) + panelGap;
  const width = 20 + Math.max(panelWidth * cases.length, legendWidth * Math.ceil(ran.length / 2));
  const height = top + plotHeight + 80;
  const parts = cases.map((each, panel) => {
    const spreads = ran.map((engine) => spread(engine.times.get(each.name).map(({ cpuMs }) => cpuMs)));
    const scale = plotHeight / Math.max(...spreads.map(({ high }) => high));
    const left = 20 + panel * panelWidth;
    const bars = spreads.map(({ low, median, high }, i) => {
      const x = left + 6 + i * (barWidth + barGap);
      const middle = x + barWidth / 2;
      const y = (ms) => round(top + plotHeight - ms * scale);
      return [
        `<rect x="${x}" y="${y(median)}" width="${barWidth}" height="${round(median * scale)}" fill="${colorOf(ran[i])}"/>`,
        `<line x1="${middle}" y1="${y(low)}" x2="${middle}" y2="${y(high)}" stroke="#111827"/>`,
        `<text x="${middle}" y="${y(Math.max(median, high)) - 5}" text-anchor="middle">${show(median)}</text>`,
      ].join("\n");
    });
    const base = top + plotHeight;
    const axis = `<line x1="${left}" y1="${base}" x2="${left + panelWidth - panelGap}" y2="${base}" stroke="#111827"/>`;
    const title = `<text x="${left + (panelWidth - panelGap) / 2}" y="${base + 20}" text-anchor="middle">${each.name}</text>`;
    return [...bars, axis, title].join("\n");
  });
  const legend = ran.map((engine, i) => {
    const x = 20 + Math.floor(i / 2) * legendWidth;
    const y = height - 42 + (i % 2) * 20;
    const square = `<rect x="${x}" y="${y}" width="12" height="12" fill="${colorOf(engine)}"/>`;
    return `${square}<text x="${x + 18}" y="${y + 10}">${engine.name}</text>`;
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
