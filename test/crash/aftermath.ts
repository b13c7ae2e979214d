import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { auditLog } from "../kit/audit-log.ts";
import { check } from "../kit/check.ts";
import type { Entry } from "../kit/entry.ts";
import { formatIds, print } from "../kit/output.ts";
import { checkBodies, checkNothingElse, acceptedEventIds } from "../kit/delivery-checks.ts";
import { SUBSCRIBERS } from "./cast.ts";
import { readHistory } from "./check-events.ts";
import { countLostAttempts, readDelivered, undelivered } from "./deliveries.ts";
import { printReport } from "./report.ts";
import { isLate, PATIENCE_SECONDS, stillMissing, type World } from "./world.ts";

/** When everything has arrived, the time to wait for messages that must not come. */
const QUIET_MS = 1500;

/**
 * Waits until everything is delivered after the last kill. Then checks the events and the deliveries, and prints a
 * report.
 */
export async function checkAftermath(world: World, history: Entry[], signal: AbortSignal): Promise<void> {
  await untilDelivered(world, history, signal);
  const { api, receiver, ledger } = world;
  const late = stillMissing(world, history).map(({ name, ids }) => `${name} did not receive ${formatIds(ids)}`);
  const complaints = [...receiver.faults, ...late, ...(await undelivered(api))];
  check(complaints.length === 0, `Up to ${PATIENCE_SECONDS} s after the last kill:\n  ${complaints.join("\n  ")}`);
  for (const subscriber of SUBSCRIBERS) {
    const attempts = receiver.attemptsFor(subscriber.name);
    checkNothingElse(subscriber, acceptedEventIds(attempts), history);
    checkBodies(subscriber, attempts, history);
  }
  check(isDeepStrictEqual(await readHistory(api, ledger), history), "What was recorded has changed since then.");
  await checkLog(world, history);
  const deliveries = await readDelivered(api, history);
  printReport(world, { history, deliveries, lostAttempts: await countLostAttempts(api, deliveries) });
}

/** Checks that the log extends each checkpoint that came with a webhook, before or between the kills. */
async function checkLog({ api, receiver }: World, history: Entry[]): Promise<void> {
  const attempts = SUBSCRIBERS.flatMap(({ name }) => receiver.attemptsFor(name));
  const kept = new Set(attempts.map(({ checkpoint }) => checkpoint).filter((one) => one !== undefined));
  const report = await auditLog(api, history.length, [...kept]);
  print(`The log extends each of the ${kept.size} checkpoints that receivers kept:\n${report.replace(/^/gm, "  | ")}`);
}

async function untilDelivered(world: World, history: Entry[], signal: AbortSignal): Promise<void> {
  while (!isLate(world) && world.receiver.faults.length === 0) {
    if (stillMissing(world, history).length === 0 && (await undelivered(world.api)).length === 0) break;
    await delay(1000, undefined, { signal });
  }
  await delay(QUIET_MS, undefined, { signal });
}
