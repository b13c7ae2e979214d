const FIRST_GUESS = 32;

/** Something to be measured beside others, so many requests at a time. */
export interface Series {
  concurrency: number;
  /** Asks so often; answers how many milliseconds that took. */
  measure(requests: number): Promise<number>;
  /** Requests per second, one for each round. Those of one round stand at the same place in every series. */
  perSecond: number[];
}

/**
 * Takes the series in turn until the time is up. A slice is to be long enough for a clock of whole milliseconds, and
 * short enough that a noisy second hits all alike.
 */
export async function measureInRounds(all: Series[], until: number, sliceMs: number): Promise<void> {
  const pace = new Map<Series, number>();
  const measure = async (series: Series, requests: number) => {
    const perSecond = (1000 * requests) / Math.max(1, await series.measure(requests));
    pace.set(series, perSecond);
    return perSecond;
  };
  const during = (series: Series, milliseconds: number) =>
    measure(series, Math.max(series.concurrency, Math.round(((pace.get(series) ?? 0) * milliseconds) / 1000)));
  for (const series of all) {
    await measure(series, FIRST_GUESS);
    await during(series, sliceMs);
  }
  do {
    for (const series of all) series.perSecond.push(await during(series, sliceMs));
  } while (Date.now() < until);
}
