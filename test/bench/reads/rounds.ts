import { measureInRounds as measureSeries, type Series } from "../rounds.ts";
import type { BenchRuntime } from "../runtime.ts";
import { CONCURRENCIES, SUBJECTS, type Job, type Measurement, type SubjectName } from "./plan.ts";

const SLICE_MS = 100;

/** Requests per second, one for each round. */
export type Rates = Map<SubjectName, number[]>;

/** Measures the subjects in turn until the time is up. The rates of a round have the same index in each list. */
export async function measureInRounds(runtime: BenchRuntime<Job>, until: number): Promise<Map<number, Rates>> {
  const seriesOf = (concurrency: number, subject: SubjectName): Series => ({
    concurrency,
    measure: async (requests) =>
      (await runtime.ask<Measurement>({ do: "measure", subject, concurrency, requests })).milliseconds,
    perSecond: [],
  });
  const all = CONCURRENCIES.map(
    (concurrency) => [concurrency, SUBJECTS.map(({ name }) => [name, seriesOf(concurrency, name)] as const)] as const,
  );
  await measureSeries(
    all.flatMap(([, subjects]) => subjects.map(([, series]) => series)),
    until,
    SLICE_MS,
  );
  return new Map(
    all.map(([concurrency, subjects]) => [
      concurrency,
      new Map(subjects.map(([name, { perSecond }]) => [name, perSecond])),
    ]),
  );
}
