import { startRuntime } from "../runtime.ts";
import { SUBJECTS, type Cost, type Job, type SubjectName } from "./plan.ts";
import { areWithinBounds, reportOf } from "./report.ts";
import { measureInRounds } from "./rounds.ts";

const BATCH = 100;
const EVENTS = 10_000;

/** Measures listings and recordings, and their floors, for `seconds`. */
export async function benchReads(seconds: number): Promise<void> {
  const until = Date.now() + 1000 * seconds;
  await using runtime = await startRuntime<Job>(import.meta.resolve("./worker.ts"));
  for (let from = 0; from < EVENTS; from += BATCH) {
    await runtime.ask({ do: "fill", from, count: BATCH });
  }
  const costs = new Map<SubjectName, Cost>();
  for (const { name } of SUBJECTS) costs.set(name, await runtime.ask<Cost>({ do: "probe", subject: name }));
  const measured = await measureInRounds(runtime, until);

  console.log(
    `\nOne workerd process runs the service, its D1 and the measuring loop. ${EVENTS} events were recorded before.`,
  );
  for (const [concurrency, rates] of measured) {
    const rounds = rates.get("route without D1")?.length;
    console.log(`\n${concurrency} at a time, medians of ${rounds} rounds:\n\n${reportOf(rates, costs)}`);
  }
  if (!areWithinBounds(costs)) process.exitCode = 1;
}
