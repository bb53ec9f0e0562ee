import type { TrainEvent } from "../training/train-event.ts";
import { escapeHtml } from "./escape-html.ts";

/** A loss that was measured: an event of a training, or the line of a metrics file that was made of one. */
export interface LossPoint {
  readonly type: "step" | "evaluation";
  readonly step: number;
  readonly loss: number;
  /** Which of several trainings it belongs to: each has a line of its own, and its name stands above. Default: none. */
  readonly training?: string | undefined;
}

export interface LossCurveOptions {
  /** Default: `Loss`. */
  readonly title?: string | undefined;
  /** Of how many steps the line shows the mean: single steps may hide the course. More where it has no room for all. Default: 1. */
  readonly meanSteps?: number | undefined;
  /** Of the picture, in pixels. Default: 800 by 400. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** More points than pixels cannot be seen: neighbours are averaged. */
const MAX_POINTS = 800;

const MARGIN = { left: 56, right: 16, top: 36, bottom: 40 };

/**
 * A training's line and its evaluations. The two meet on the page, so they are far apart; all can be read on white and on
 * black, and told apart by the colour-blind. Source: Okabe and Ito, https://jfly.uni-koeln.de/color/.
 */
const COLOURS = [
  { line: "#0072b2", dots: "#e69f00" },
  { line: "#009e73", dots: "#cc79a7" },
  { line: "#d55e00", dots: "#56b4e9" },
] as const;

/** The loss of steps as a line, of evaluations as dots, as one SVG picture. Other events are passed over. */
export function lossCurveSvg(events: Iterable<TrainEvent | LossPoint>, options: LossCurveOptions = {}): string {
  const { title = "Loss", meanSteps = 1, width = 800, height = 400 } = options;
  const curves = curvesOf(events);
  const all = curves.flatMap(({ steps, evaluations }) => [...steps, ...evaluations]);
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
  const drawn = curves.map(({ steps, evaluations, colour }) => {
    const points = thinned(steps, meanSteps).map(([step, loss]) => `${x(step)},${y(loss)}`);
    const dots = evaluations.map(([step, loss]) => `<circle cx="${x(step)}" cy="${y(loss)}" r="4"/>`);
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${colour.line}" stroke-width="1.5"/>
<g fill="${colour.dots}">${dots.join("")}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="13" fill="#888" role="img">
<title>${escapeHtml(title)}</title>
<text x="${MARGIN.left}" y="22" font-size="15">${escapeHtml(title)}</text>
<text x="${width - MARGIN.right}" y="22" text-anchor="end">${legend(curves)}</text>
${[...lines, ...marks].join("\n")}
<text x="${width / 2}" y="${height - 6}" text-anchor="middle">step</text>
${drawn.join("\n")}
</svg>
`;
}

// --- internal ---

type Point = readonly [step: number, loss: number];

interface Curve {
  readonly name: string | undefined;
  readonly steps: Point[];
  readonly evaluations: Point[];
  readonly colour: (typeof COLOURS)[number];
}

/** Trainings in the order in which they are first heard of. */
function curvesOf(events: Iterable<TrainEvent | LossPoint>): Curve[] {
  const curves = new Map<string | undefined, Curve>();
  for (const event of events) {
    if (event.type !== "step" && event.type !== "evaluation") continue;
    const { type, step, loss, training: name }: LossPoint = event;
    const colour = COLOURS[curves.size % COLOURS.length]!;
    const curve = curves.get(name) ?? { name, steps: [], evaluations: [], colour };
    curves.set(name, curve);
    curve[type === "step" ? "steps" : "evaluations"].push([step, loss]);
  }
  return [...curves.values()];
}

function legend(curves: readonly Curve[]): string {
  const named = curves.flatMap(({ name, evaluations, colour }) => {
    if (name === undefined) return [];
    const line = `<tspan fill="${colour.line}">${escapeHtml(name)}</tspan>`;
    return evaluations.length === 0
      ? [line]
      : [line, `<tspan fill="${colour.dots}">${escapeHtml(`${name}, evaluation`)}</tspan>`];
  });
  return named.join(" · ");
}

/** The next of 1, 2, 5, 10, ... at or above a number. */
function niceTop(most: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= most) ?? 10 * power;
}

function label(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function thinned(points: readonly Point[], meanSteps: number): Point[] {
  const group = Math.max(meanSteps, Math.ceil(points.length / MAX_POINTS));
  const means: Point[] = [];
  for (let i = 0; i < points.length; i += group) {
    const part = points.slice(i, i + group);
    const mean = (axis: 0 | 1): number => part.reduce((sum, point) => sum + point[axis], 0) / part.length;
    means.push([mean(0), mean(1)]);
  }
  return means;
}
