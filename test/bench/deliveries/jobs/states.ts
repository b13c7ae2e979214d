import type { States } from "../plan.ts";

export async function readStates(db: D1Database, subscriptionId: number): Promise<States> {
  const row = await db
    .prepare(
      `SELECT
        (SELECT count(*) FROM deliveries WHERE subscription_id = ?1 AND state = 'pending') AS pending,
        (SELECT count(*) FROM deliveries WHERE subscription_id = ?1 AND state = 'held') AS held,
        (SELECT count(*) FROM attempts a JOIN deliveries d ON d.id = a.delivery_id WHERE d.subscription_id = ?1) AS attempts,
        (SELECT probe_delivery_id IS NOT NULL FROM subscriptions WHERE id = ?1) AS isOpen`,
    )
    .bind(subscriptionId)
    .first<Omit<States, "isOpen"> & { isOpen: number }>();
  if (row === null) throw new Error("a SELECT without FROM returned no row");
  return { ...row, isOpen: row.isOpen === 1 };
}
