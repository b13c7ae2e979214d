import { startRuntime } from "../runtime.ts";
import type { Bench } from "./bench.ts";
import { measureDrain } from "./drain.ts";
import { areHeld, figuresTable, type Figure } from "../figures.ts";
import { measureHanging } from "./hanging.ts";
import { measureHeld } from "./held.ts";
import { DATABASES, FULL, SHORT, type Job } from "./plan.ts";
import { measureCost, measureRate } from "./rate.ts";
import { startReceiver } from "./receiver.ts";

/** Deliveries to a receiver on loopback, beside what they are to reach. Half of the seconds go into their rate. */
export async function benchDeliveries(seconds: number, isShort: boolean): Promise<void> {
  const scale = { ...(isShort ? SHORT : FULL), seconds };
  using receiver = await startReceiver();
  await using runtime = await startRuntime<Job>(import.meta.resolve("./worker.ts"), {
    consumesQueues: true,
    databases: DATABASES.filter((name) => name !== "DB"),
    vars: { DELIVERY_TIMEOUT_SECONDS: `${scale.timeoutSeconds}` },
  });
  const bench = { runtime, receiver, scale };
  console.log("\nOne workerd holds the service, its D1 and its queues; the receiver is beside it, on loopback.");
  const count = (number: number) => number.toLocaleString("en");
  const parts: [string, (bench: Bench) => Promise<Figure[]>][] = [
    ["Rate, six connections each", (one) => measureRate(one, Date.now() + 500 * seconds)],
    ["Cost", measureCost],
    [`${count(scale.queued)} queued, 10 subscriptions`, measureDrain],
    ["A receiver that hangs", measureHanging],
    [`${count(scale.held)} held, beside none`, measureHeld],
  ];
  for (const [title, experiment] of parts) {
    const figures = await experiment(bench);
    console.log(`\n${title}:\n\n${figuresTable(figures)}`);
    if (!areHeld(figures)) process.exitCode = 1;
  }
}
