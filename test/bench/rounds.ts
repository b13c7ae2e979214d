const FIRST_GUESS = 32;

/** A subject of a measurement. `concurrency` is the number of requests at the same time. */
export interface Series {
  concurrency: number;
  /** Sends the requests, and returns how many milliseconds they took. */
  measure(requests: number): Promise<number>;
  /** Requests per second, once for each round. The rates of a round have the same index in each series. */
  perSecond: number[];
}

/**
 * Measures the series in turn until the time is up. A slice must be long enough for a clock of whole milliseconds. It
 * must be short enough that noise affects all series equally.
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
