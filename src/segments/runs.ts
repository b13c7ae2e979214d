/**
 * Maps the IDs of a segment's events to their positions: `[ID, position]` of the first event of each run of consecutive
 * IDs, in ascending order. A position counts from 0 at the segment's first event. A new run begins after each gap in
 * the IDs.
 */
export type Runs = readonly (readonly [id: number, position: number])[];

/** Returns the runs of a segment whose events have these IDs, in ascending order. */
export function runsOf(ids: readonly number[]): Runs {
  return ids.flatMap((id, position) => (position > 0 && ids[position - 1] === id - 1 ? [] : [[id, position] as const]));
}

/** Parses the JSON text of runs. */
export function parseRuns(json: string): Runs {
  return JSON.parse(json) as Runs; // only `runsOf` makes the value of the column
}

/** Returns the position of the event with this ID. Undefined if the segment has no such event. */
export function positionOf(runs: Runs, events: number, id: number): number | undefined {
  const index = lastIndex(runs, ([first]) => first <= id);
  const run = runs[index];
  if (run === undefined) return undefined;
  const position = run[1] + id - run[0];
  return position < (runs[index + 1]?.[1] ?? events) ? position : undefined;
}

/**
 * Returns the ID of the event at this position.
 * @throws RangeError if no run holds the position
 */
export function idAt(runs: Runs, position: number): number {
  const run = runs[lastIndex(runs, ([, first]) => first <= position)];
  if (run === undefined) throw new RangeError(`no run holds the position ${position}`);
  return run[0] + position - run[1];
}

/**
 * Returns the index of the last run that fulfils the condition, or -1. All runs that fulfil it must precede the others.
 */
function lastIndex(runs: Runs, isBefore: (run: Runs[number]) => boolean): number {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const run = runs[middle];
    if (run !== undefined && isBefore(run)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
