import { CONCURRENCIES, SUBJECTS, type Job, type Measurement, type Subject, type SubjectName } from "./plan.ts";
import type { BenchRuntime } from "../runtime.ts";

/** Long enough for a clock of whole milliseconds, short enough that a noisy second hits all subjects alike. */
const SLICE_MS = 100;
const WARM_UP_MS = 150;
const FIRST_GUESS = 32;

/** Requests per second, one for each round. */
export type Rates = Map<SubjectName, number[]>;

interface Slice {
  subject: Subject;
  concurrency: number;
  /** Of the last measurement. */
  perSecond: number;
}

/** Takes the subjects in turn until the time is up; the rates of one round stand at the same place of each list. */
export async function measureInRounds(runtime: BenchRuntime<Job>, until: number): Promise<Map<number, Rates>> {
  const slices: Slice[] = CONCURRENCIES.flatMap((concurrency) =>
    SUBJECTS.map((subject) => ({ subject, concurrency, perSecond: 0 })),
  );
  for (const slice of slices) await warmUp(runtime, slice);
  const rates = new Map(
    CONCURRENCIES.map((concurrency) => [concurrency, new Map(SUBJECTS.map(({ name }) => [name, [] as number[]]))]),
  );
  do {
    for (const slice of slices) {
      await measure(runtime, slice, SLICE_MS);
      rates.get(slice.concurrency)?.get(slice.subject.name)?.push(slice.perSecond);
    }
  } while (Date.now() < until);
  return rates;
}

async function warmUp(runtime: BenchRuntime<Job>, slice: Slice): Promise<void> {
  await measure(runtime, slice, 0);
  await measure(runtime, slice, WARM_UP_MS);
}

async function measure(runtime: BenchRuntime<Job>, slice: Slice, forMilliseconds: number): Promise<void> {
  const { subject, concurrency } = slice;
  const fitting = Math.round((slice.perSecond * forMilliseconds) / 1000);
  const requests = forMilliseconds === 0 ? FIRST_GUESS : Math.max(concurrency, fitting);
  const { milliseconds } = await runtime.ask<Measurement>({
    do: "measure",
    subject: subject.name,
    concurrency,
    requests,
  });
  slice.perSecond = (1000 * requests) / Math.max(1, milliseconds);
}
