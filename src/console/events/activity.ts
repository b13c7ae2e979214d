const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long a bar may be. 1970 began on a Thursday: weeks begin with its first Monday. */
const STEPS_MS = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  3 * HOUR,
  12 * HOUR,
  DAY,
  7 * DAY,
  28 * DAY,
  91 * DAY,
  364 * DAY,
];
const MONDAY_MS = 4 * DAY;

export const MAX_BARS = 36;

export interface ChartPoint {
  kind: string;
  timeMs: number;
}

export interface Bar {
  fromMs: number;
  /** How many of each kind; a kind of which there is none is left out. */
  counts: ReadonlyMap<string, number>;
}

export interface Activity {
  stepMs: number;
  /** One after the other without a gap, oldest first. The first and the last are not empty. */
  bars: Bar[];
  /** How many lie before the first bar or behind the last. */
  outside: number;
}

/** What the chart and the table tell, each in its way. */
export interface Shown {
  /** The kinds that there are, each with how many in all. */
  kinds: { name: string; total: number }[];
  activity: Activity;
  /** The view of what is in a bar. */
  hrefOf: (bar: Bar) => string;
}

/**
 * What happened when, in as short steps as there is room for. Producers set the times: one in fifty, and one at least,
 * may lie anywhere without pushing all others into one bar. Undefined where nothing happened.
 */
export function activityOf(happenings: readonly ChartPoint[]): Activity | undefined {
  const inOrder = happenings.toSorted((one, other) => one.timeMs - other.timeMs);
  const mayBeOutside = Math.max(1, Math.floor(inOrder.length / 50));
  for (const stepMs of STEPS_MS) {
    const run = fullestRun(inOrder, stepMs);
    const outside = inOrder.length - run.length;
    if (outside <= mayBeOutside || stepMs === STEPS_MS.at(-1)) return barsOf(run, stepMs, outside);
  }
}

/** Of all runs that fit into the bars, the one with the most in it; of several the latest. */
function fullestRun(inOrder: ChartPoint[], stepMs: number): ChartPoint[] {
  let best = { from: 0, to: -1 };
  let from = 0;
  const steps = inOrder.map(({ timeMs }) => stepOf(timeMs, stepMs));
  for (const [to, step] of steps.entries()) {
    while (step - (steps[from] ?? step) >= MAX_BARS) from++;
    if (to - from >= best.to - best.from) best = { from, to };
  }
  return inOrder.slice(best.from, best.to + 1);
}

function barsOf(run: ChartPoint[], stepMs: number, outside: number): Activity | undefined {
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const start = stepOf(first.timeMs, stepMs);
  const counts = Array.from({ length: stepOf(last.timeMs, stepMs) - start + 1 }, () => new Map<string, number>());
  for (const { kind, timeMs } of run) {
    const bar = counts[stepOf(timeMs, stepMs) - start];
    bar?.set(kind, (bar.get(kind) ?? 0) + 1);
  }
  return {
    stepMs,
    bars: counts.map((counted, index) => ({ fromMs: MONDAY_MS + (start + index) * stepMs, counts: counted })),
    outside,
  };
}

function stepOf(timeMs: number, stepMs: number): number {
  return Math.floor((timeMs - MONDAY_MS) / stepMs);
}
