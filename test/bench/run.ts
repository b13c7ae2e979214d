import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { SUBJECTS, type Cost, type SubjectName } from "./plan.ts";
import { tableOf } from "./report.ts";
import { measureInRounds } from "./rounds.ts";
import { startRuntime } from "./runtime.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "50" }, events: { type: "string", default: "10000" } },
});
const until = Date.now() + 1000 * Number(values.seconds);
const events = Number(values.events);
const BATCH = 100;

await using runtime = await startRuntime();
for (let from = 0; from < events; from += BATCH) {
  await runtime.ask({ do: "fill", from, count: Math.min(BATCH, events - from) });
}
const costs = new Map<SubjectName, Cost>();
for (const { name } of SUBJECTS) costs.set(name, await runtime.ask<Cost>({ do: "probe", subject: name }));
const measured = await measureInRounds(runtime, until);

console.log(`${cpus()[0]?.model.trim()}, ${availableParallelism()} cores; ${process.platform} ${process.arch}.`);
console.log(`One workerd holds the service, its D1 and the loop that asks; ${events} events were there before.`);
for (const [concurrency, rates] of measured) {
  const rounds = rates.get("route without D1")?.length;
  console.log(`\n${concurrency} at a time, medians of ${rounds} rounds:\n\n${tableOf(rates, costs)}`);
}
