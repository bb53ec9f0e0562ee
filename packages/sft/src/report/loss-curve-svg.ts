import type { TrainEvent } from "../training/train-event.ts";
import { escapeHtml } from "./escape-html.ts";

export interface LossCurveOptions {
  /** Default: `Loss`. */
  readonly title?: string | undefined;
  /** Of the picture, in pixels. Default: 800 by 400. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** More points than pixels cannot be seen: neighbours are averaged. */
const MAX_POINTS = 800;

const MARGIN = { left: 56, right: 16, top: 36, bottom: 40 };

/** The loss of steps as a line, of evaluations as dots, as one SVG picture. Other events are passed over. */
export function lossCurveSvg(events: Iterable<TrainEvent>, options: LossCurveOptions = {}): string {
  const { title = "Loss", width = 800, height = 400 } = options;
  const steps: Point[] = [];
  const evaluations: Point[] = [];
  for (const event of events) {
    if (event.type === "step") steps.push([event.step, event.loss]);
    else if (event.type === "evaluation") evaluations.push([event.step, event.loss]);
  }
  const all = [...steps, ...evaluations];
  const last = all.reduce((most, [step]) => Math.max(most, step), 1);
  const top = niceTop(all.reduce((most, [, loss]) => Math.max(most, loss), 0));
  const x = (step: number): string => (MARGIN.left + (step / last) * (width - MARGIN.left - MARGIN.right)).toFixed(1);
  const y = (loss: number): string =>
    (height - MARGIN.bottom - (loss / top) * (height - MARGIN.top - MARGIN.bottom)).toFixed(1);
  const lines = [0, 1, 2, 3, 4].map((part) => {
    const [at, loss] = [y((top * part) / 4), (top * part) / 4];
    return `<path d="M${x(0)} ${at}H${x(last)}" stroke="#8886"/><text x="${MARGIN.left - 8}" y="${at}" text-anchor="end" dominant-baseline="middle">${label(loss)}</text>`;
  });
  const marks = [0, 1, 2, 3, 4].map((part) => {
    const step = Math.round((last * part) / 4);
    return `<text x="${x(step)}" y="${height - MARGIN.bottom + 20}" text-anchor="middle">${step}</text>`;
  });
  const curve = thinned(steps).map(([step, loss]) => `${x(step)},${y(loss)}`);
  const dots = evaluations.map(([step, loss]) => `<circle cx="${x(step)}" cy="${y(loss)}" r="4"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="13" fill="#888" role="img">
<title>${escapeHtml(title)}</title>
<text x="${MARGIN.left}" y="22" font-size="15">${escapeHtml(title)}</text>
${[...lines, ...marks].join("\n")}
<polyline points="${curve.join(" ")}" fill="none" stroke="#37c" stroke-width="1.5"/>
<g fill="#c63">${dots.join("")}</g>
</svg>
`;
}

// --- internal ---

type Point = readonly [step: number, loss: number];

/** The next of 1, 2, 5, 10, ... at or above a number. */
function niceTop(most: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= most) ?? 10 * power;
}

function label(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function thinned(points: readonly Point[]): Point[] {
  const group = Math.ceil(points.length / MAX_POINTS);
  const means: Point[] = [];
  for (let i = 0; i < points.length; i += group) {
    const part = points.slice(i, i + group);
    const mean = (axis: 0 | 1): number => part.reduce((sum, point) => sum + point[axis], 0) / part.length;
    means.push([mean(0), mean(1)]);
  }
  return means;
}
