import { requireProjectReader } from "../access/roles.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { errorFields } from "../../lib/log.ts";
import type { RecoveryRequest } from "../../schemas/recovery.ts";
import { Decimal } from "../../schemas/text.ts";
import type { Database } from "../../store/database.ts";
import { findRecovery, insertRecovery, type RecoveryRow } from "../../store/deliveries/recovery-rows.ts";
import type { Reader } from "../access/reader.ts";
import { getOwnedRow } from "../subscriptions/owned-row.ts";
import { advanceRecoveries } from "./advance-recoveries.ts";

/**
 * Begins to put past events of the project on their way to a subscription once more, as far as it may be told of them:
 * those whose delivery failed, or all, also from before it existed. The sweep goes on with it.
 * @throws AppError `forbidden`; `not-found`; `conflict` while another recovery of the subscription runs.
 */
export async function startRecovery(
  context: Context,
  reader: Reader,
  path: { project: string; id: string },
  { from, which }: RecoveryRequest,
): Promise<RecoveryRow> {
  const { id: subscriptionId, project } = await getOwnedRow(context.db, reader, path);
  const now = context.now();
  const row = await insertRecovery(context.db, { project, subscriptionId, selection: which, fromEventId: from, now });
  if (row === undefined) {
    throw new AppError("conflict", "A recovery of this subscription is running: begin another when it has finished.");
  }
  context.background(recoverNow(context));
  return row;
}

/**
 * Also one of a subscription that has been deleted meanwhile.
 * @throws AppError `forbidden` without a role in the project; `not-found`.
 */
export async function getRecovery(
  db: Database,
  reader: Reader,
  { project, id, recovery }: { project: string; id: string; recovery: string },
): Promise<RecoveryRow> {
  requireProjectReader(reader, project);
  const row = [id, recovery].every((text) => Decimal.safeParse(text).success)
    ? await findRecovery(db, { project, subscriptionId: Number(id), id: Number(recovery) })
    : undefined;
  if (row === undefined) throw new AppError("not-found", "This subscription has no recovery of this ID.");
  return row;
}

/** Does not wait for the minute to pass. Handles its own failure: the sweep goes on anyway. */
async function recoverNow(context: Context): Promise<void> {
  try {
    await advanceRecoveries(context);
  } catch (error) {
    context.log({ event: "recovery_failed", ...errorFields(error) });
  }
}
