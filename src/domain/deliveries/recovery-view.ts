import type { Recovery } from "../../schemas/recovery.ts";
import type { RecoveryRow } from "../../store/deliveries/recovery-rows.ts";
import { formatIso } from "../../lib/time.ts";

/** A recovery as it is served. The newest ID of when it began is left out: it would tell of hidden events. */
export function toRecovery(row: RecoveryRow): Recovery {
  return {
    id: `${row.id}`,
    subscription_id: `${row.subscription_id}`,
    project: row.project,
    which: row.selection,
    from: `${row.from_event_id}`,
    state: row.finished_at === null ? "running" : "finished",
    recovered: row.recovered,
    created_at: formatIso(row.created_at),
    ...(row.finished_at !== null && { finished_at: formatIso(row.finished_at) }),
  };
}
