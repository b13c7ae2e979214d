import { startRuntime } from "../runtime.ts";
import type { Bench } from "./bench.ts";
import { measureDrain } from "./drain.ts";
import { figuresTable, type Figure } from "./figures.ts";
import { measureHanging } from "./hanging.ts";
import { measureHeld } from "./held.ts";
import { DATABASES, type Job } from "./plan.ts";
import { measureCost, measureRate } from "./rate.ts";
import { startReceiver } from "./receiver.ts";

/** Deliveries to a receiver on loopback, beside what they are to reach. Half of the seconds go into their rate. */
export async function benchDeliveries(seconds: number): Promise<void> {
  using receiver = await startReceiver();
  await using runtime = await startRuntime<Job>(import.meta.resolve("./worker.ts"), {
    consumesQueues: true,
    databases: DATABASES.filter((name) => name !== "DB"),
  });
  const bench = { runtime, receiver };
  console.log("\nOne workerd holds the service, its D1 and its queues; the receiver is beside it, on loopback.");
  const parts: [string, (bench: Bench) => Promise<Figure[]>][] = [
    ["Rate, six connections each", (one) => measureRate(one, Date.now() + 500 * seconds)],
    ["Cost", measureCost],
    ["10,000 queued, 10 subscriptions", measureDrain],
    ["A receiver that hangs", measureHanging],
    ["100,000 held, beside none", measureHeld],
  ];
  for (const [title, experiment] of parts) {
    console.log(`\n${title}:\n\n${figuresTable(await experiment(bench))}`);
  }
}
