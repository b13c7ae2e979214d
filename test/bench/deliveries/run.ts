import { startRuntime } from "../runtime.ts";
import type { Bench } from "./bench.ts";
import { measureDrain } from "./drain.ts";
import { areMet, formatFigures, type Figure } from "../figures.ts";
import { measureHanging } from "./hanging.ts";
import { measureHeld } from "./held.ts";
import { DATABASES, FULL, SHORT, type Job } from "./plan.ts";
import { measureCost, measureRate } from "./rate.ts";
import { startReceiver } from "./receiver.ts";

/**
 * Measures deliveries to a receiver on a loopback address, and compares them with their aims. Half of the time is for
 * the rate.
 */
export async function benchDeliveries(seconds: number, isShort: boolean): Promise<void> {
  const scale = { ...(isShort ? SHORT : FULL), seconds };
  using receiver = await startReceiver();
  await using runtime = await startRuntime<Job>(import.meta.resolve("./worker.ts"), {
    consumesQueues: true,
    databases: DATABASES.filter((name) => name !== "DB"),
    vars: { DELIVERY_TIMEOUT_SECONDS: `${scale.timeoutSeconds}` },
  });
  const bench = { runtime, receiver, scale };
  console.log("\nOne workerd process runs the service, its D1 and its queues. The receiver is on a loopback address.");
  const count = (number: number) => number.toLocaleString("en");
  const parts: [string, (bench: Bench) => Promise<Figure[]>][] = [
    ["Rate, six connections each", (one) => measureRate(one, Date.now() + 500 * seconds)],
    ["Cost", measureCost],
    [`${count(scale.queued)} queued deliveries, 10 subscriptions`, measureDrain],
    ["A receiver that hangs", measureHanging],
    [`${count(scale.held)} held deliveries, and none (floor)`, measureHeld],
  ];
  for (const [title, experiment] of parts) {
    const figures = await experiment(bench);
    console.log(`\n${title}:\n\n${formatFigures(figures)}`);
    if (!areMet(figures)) process.exitCode = 1;
  }
}
