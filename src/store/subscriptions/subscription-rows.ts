import { and, asc, eq, getTableColumns } from "drizzle-orm";
import type { Database } from "../database.ts";
import { subscriptions, subscriptionSets, type PreviousSecret } from "../tables/subscription-tables.ts";

/** `allowed_group_keys` is used only in SQL, when events are recorded. */
const { allowed_group_keys: _, ...COLUMNS } = getTableColumns(subscriptions);

export type SubscriptionRow = Omit<typeof subscriptions.$inferSelect, "allowed_group_keys">;

/** All subscriptions of a project, in order of creation. `version` counts the changes to the set, from 0. */
export interface SubscriptionSet {
  version: number;
  rows: SubscriptionRow[];
}

function selectSet({ orm }: Database, project: string) {
  return [
    orm
      .select({ version: subscriptionSets.version })
      .from(subscriptionSets)
      .where(eq(subscriptionSets.project, project)),
    orm.select(COLUMNS).from(subscriptions).where(eq(subscriptions.project, project)).orderBy(asc(subscriptions.id)),
  ] as const;
}

export async function readSubscriptionSet(db: Database, project: string): Promise<SubscriptionSet> {
  const [versions, rows] = await db.orm.batch(selectSet(db, project));
  return { version: versions[0]?.version ?? 0, rows };
}

export async function findSubscription(
  db: Database,
  project: string,
  id: number,
): Promise<SubscriptionRow | undefined> {
  return db.orm
    .select(COLUMNS)
    .from(subscriptions)
    .where(and(eq(subscriptions.project, project), eq(subscriptions.id, id)))
    .get();
}

/** Returns false, and changes nothing, if the secret has been replaced since `row` was read. */
export async function replaceSecret(
  db: Database,
  { id, signing_secret }: SubscriptionRow,
  secret: string,
  previous: PreviousSecret[],
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE subscriptions SET signing_secret = ?3, previous_secrets = ?4 WHERE id = ?1 AND signing_secret = ?2`,
    )
    .bind(id, signing_secret, secret, JSON.stringify(previous))
    .run();
  return meta.changes === 1;
}
