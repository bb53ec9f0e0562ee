/** One measured point of a training. */
interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

/** The losses of one training, in the order of their steps. */
export interface LossCurve {
  readonly name: string;
  readonly points: readonly LossPoint[];
}

const width = 800;
const height = 360;
const margin = { left: 56, right: 16, top: 32, bottom: 40 };
/** Readable on white and on black, and apart for the colour-blind. Source: Okabe and Ito, https://jfly.uni-koeln.de/color/. */
const colours = ["#0072b2", "#56b4e9", "#d55e00", "#e69f00"];

/** Training losses as an SVG: the steps across, the loss upwards from 0. */
export function lossPlot(curves: readonly LossCurve[]): string {
  const points = curves.flatMap((curve) => curve.points);
  const lastStep = Math.max(1, ...points.map(({ step }) => step));
  const topLoss = Math.max(1, Math.ceil(Math.max(...points.map(({ loss }) => loss), 0)));
  const x = (step: number): string => (margin.left + (step / lastStep) * plotWidth).toFixed(1);
  const y = (loss: number): string => (margin.top + (1 - loss / topLoss) * plotHeight).toFixed(1);
  const lines = curves.map(({ points: own }, index) => {
    const path = own.map(({ step, loss }) => `${x(step)},${y(loss)}`).join(" ");
    return `<polyline fill="none" stroke="${colour(index)}" stroke-width="1.5" points="${path}"/>`;
  });
  const marks = Array.from({ length: topLoss + 1 }, (_, loss) => [
    `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y(loss)}" y2="${y(loss)}" stroke="#8884"/>`,
    `<text x="${margin.left - 8}" y="${y(loss)}" text-anchor="end" dominant-baseline="middle">${loss}</text>`,
  ]).flat();
  const legend = curves.map(
    ({ name }, index) =>
      `<text x="${margin.left + index * 120}" y="20" fill="${colour(index)}">${escaped(name)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#888" role="img">`,
    "<title>The loss of both stages over their steps</title>",
    ...marks,
    ...[0, 0.25, 0.5, 0.75, 1].map((part) => stepMark(x(lastStep * part), Math.round(lastStep * part))),
    `<text x="${width / 2}" y="${height - 6}" text-anchor="middle">step</text>`,
    ...legend,
    ...lines,
    "</svg>\n",
  ].join("\n");
}

// --- internal ---

const plotWidth = width - margin.left - margin.right;
const plotHeight = height - margin.top - margin.bottom;

function colour(index: number): string {
  return colours[index % colours.length]!;
}

function stepMark(x: string, step: number): string {
  return `<text x="${x}" y="${height - 22}" text-anchor="middle">${step}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
