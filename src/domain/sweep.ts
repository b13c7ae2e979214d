import type { Context } from "../context.ts";
import { errorFields } from "../lib/log.ts";
import { cancelDeliveriesOfDeleted } from "./deliveries/cancel-deliveries.ts";
import { PURGES } from "./purge.ts";
import { advanceRecoveries } from "./deliveries/advance-recoveries.ts";
import { releaseDeliveries } from "./deliveries/release-deliveries.ts";
import { logBacklog, sweepDueDeliveries } from "./deliveries/sweep-deliveries.ts";

const TASKS = {
  release: releaseDeliveries,
  recover: advanceRecoveries,
  sweep_deliveries: sweepDueDeliveries,
  cancel: cancelDeliveriesOfDeleted,
  ...PURGES,
  backlog: logBacklog,
};

/** What is done each minute. A task that fails leaves the others be, and is done again a minute later. */
export async function sweep(context: Context): Promise<void> {
  for (const [name, task] of Object.entries(TASKS)) {
    try {
      await task(context);
    } catch (error) {
      context.log({ event: "sweep_failed", task: name, ...errorFields(error) });
    }
  }
}
