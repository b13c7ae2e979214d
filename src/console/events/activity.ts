import { DAY_MS, formatIso, HOUR_MS, MINUTE_MS } from "../../lib/time.ts";

/** The possible lengths of a bar. */
const STEPS_MS = [
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  7 * DAY_MS,
  28 * DAY_MS,
  91 * DAY_MS,
  364 * DAY_MS,
];
/** The first Monday of 1970. Bars of weeks begin on Mondays. */
const MONDAY_MS = 4 * DAY_MS;

export const MAX_BARS = 36;

export interface ChartPoint {
  category: string;
  timeMs: number;
}

export interface Bar {
  fromMs: number;
  /** Events by category; categories without events are absent. */
  counts: ReadonlyMap<string, number>;
}

export interface Activity {
  stepMs: number;
  /** Consecutive, oldest first. The first and the last are not empty. */
  bars: Bar[];
  /** The number of points before the first bar or after the last. */
  outliers: number;
}

/**
 * A histogram with the shortest step for which MAX_BARS bars are enough. Producers set the times of events, so a few
 * times can be far off. Such outliers are left out: up to one point in fifty, but always one. Undefined without points.
 */
export function toActivity(points: readonly ChartPoint[]): Activity | undefined {
  const inOrder = points.toSorted((one, other) => one.timeMs - other.timeMs);
  const maxOutliers = Math.max(1, Math.floor(inOrder.length / 50));
  for (const stepMs of STEPS_MS) {
    const run = fullestRun(inOrder, stepMs);
    const outliers = inOrder.length - run.length;
    if (outliers <= maxOutliers || stepMs === STEPS_MS.at(-1)) return toBars(run, stepMs, outliers);
  }
}

/** The largest run of points that fits into MAX_BARS bars. Of several equally large ones, the latest. */
function fullestRun(inOrder: ChartPoint[], stepMs: number): ChartPoint[] {
  let best = { from: 0, to: -1 };
  let from = 0;
  const steps = inOrder.map(({ timeMs }) => stepIndex(timeMs, stepMs));
  for (const [to, step] of steps.entries()) {
    while (step - (steps[from] ?? step) >= MAX_BARS) from++;
    if (to - from >= best.to - best.from) best = { from, to };
  }
  return inOrder.slice(best.from, best.to + 1);
}

function toBars(run: ChartPoint[], stepMs: number, outliers: number): Activity | undefined {
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const start = stepIndex(first.timeMs, stepMs);
  const bars = Array.from({ length: stepIndex(last.timeMs, stepMs) - start + 1 }, (_, index) => ({
    fromMs: MONDAY_MS + (start + index) * stepMs,
    counts: new Map<string, number>(),
  }));
  for (const { category, timeMs } of run) {
    const counts = bars[stepIndex(timeMs, stepMs) - start]?.counts;
    counts?.set(category, (counts.get(category) ?? 0) + 1);
  }
  return { stepMs, bars, outliers };
}

function stepIndex(timeMs: number, stepMs: number): number {
  return Math.floor((timeMs - MONDAY_MS) / stepMs);
}

const UNITS: [name: string, ms: number][] = [
  ["week", 7 * DAY_MS],
  ["day", DAY_MS],
  ["hour", HOUR_MS],
];

/** "1 hour", "15 minutes". */
export function formatStep(stepMs: number): string {
  const [name, unitMs] = UNITS.find(([, size]) => stepMs % size === 0) ?? ["minute", MINUTE_MS];
  const count = stepMs / unitMs;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

const DATE = { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" } as const;
const WITH_TIME = new Intl.DateTimeFormat("en-GB", { ...DATE, hour: "2-digit", minute: "2-digit" });
const WITHOUT_TIME = new Intl.DateTimeFormat("en-GB", DATE);
const WITH_YEAR = new Intl.DateTimeFormat("en-GB", { ...DATE, year: "numeric" });

/** "Mon 23 Nov, 14:00", "Mon 23 Nov" if a bar is a day or longer, "Mon, 23 Nov 2020" in another year than `now`. */
export function formatBarStart(bar: Bar | undefined, stepMs: number, now: number): string {
  if (bar === undefined) return "";
  const { fromMs } = bar;
  if (new Date(fromMs).getUTCFullYear() !== new Date(now).getUTCFullYear()) {
    const day = WITH_YEAR.format(fromMs);
    return stepMs < DAY_MS ? `${day}, ${formatIso(fromMs).slice(11, 16)}` : day;
  }
  return (stepMs < DAY_MS ? WITH_TIME : WITHOUT_TIME).format(fromMs);
}
