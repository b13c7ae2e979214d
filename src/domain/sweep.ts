import type { Context } from "../context.ts";
import { errorFields } from "../lib/log.ts";
import { advanceLog } from "./log/advance-log.ts";
import { auditLog } from "./log/audit-log.ts";
import { countEvents } from "./moving/count-events.ts";
import { RETENTION } from "./moving/retention.ts";
import { watchSize } from "./moving/watch-size.ts";
import { moveHistory } from "./moving/move-history.ts";
import { PURGES } from "./purge.ts";
import { advanceRecoveries } from "./deliveries/recoveries.ts";
import {
  cancelDeliveriesOfDeleted,
  logBacklog,
  releaseDeliveries,
  sweepDueDeliveries,
} from "./deliveries/sweep-deliveries.ts";

const TASKS: Record<string, (context: Context) => Promise<unknown>> = {
  release: releaseDeliveries,
  recover: advanceRecoveries,
  sweep_deliveries: sweepDueDeliveries,
  cancel: cancelDeliveriesOfDeleted,
  ...PURGES,
  log: advanceLog,
  audit_log: auditLog,
  count_events: countEvents,
  watch_size: watchSize,
  ...RETENTION,
  move_history: moveHistory,
  backlog: logBacklog,
};

/** Runs the tasks of each minute. If a task fails, the others still run, and the task runs again a minute later. */
export async function sweep(context: Context): Promise<void> {
  for (const [name, task] of Object.entries(TASKS)) {
    try {
      await task(context);
    } catch (error) {
      context.log({ event: "sweep_failed", task: name, ...errorFields(error) });
    }
  }
}
