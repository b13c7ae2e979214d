import type { Recovery } from "../schemas/recovery.ts";
import type { RecoveryRow } from "../store/recoveries.ts";
import { timeOf } from "./delivery-view.ts";

/** A recovery as it is served. */
export function viewOfRecovery(row: RecoveryRow): Recovery {
  return {
    id: `${row.id}`,
    subscription_id: `${row.subscription_id}`,
    project: row.project,
    which: row.which,
    from: `${row.from_event_id}`,
    to: `${row.to_event_id}`,
    state: row.finished_at === null ? "running" : "finished",
    recovered: row.recovered,
    created_at: timeOf(row.created_at),
    ...(row.finished_at !== null && { finished_at: timeOf(row.finished_at) }),
  };
}
