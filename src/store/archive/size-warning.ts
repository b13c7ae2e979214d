import type { Database } from "../database.ts";

export interface DatabaseSize {
  bytes: number;
  /** The highest level that was reported, in per cent of the limit. 0: none. */
  warnedPercent: number;
}

/** Reads the size of the database. The size falls when rows are deleted. */
export async function findDatabaseSize(db: Database): Promise<DatabaseSize> {
  const { results, meta } = await db
    .prepare("SELECT warned_percent FROM archive_state WHERE id = 1")
    .all<{ warned_percent: number }>();
  return { bytes: meta.size_after, warnedPercent: results[0]?.warned_percent ?? 0 };
}

/** Stores the level that was reported last. */
export async function markWarned(db: Database, percent: number): Promise<void> {
  await db
    .prepare(
      `INSERT INTO archive_state (id, warned_percent) VALUES (1, ?1)
      ON CONFLICT (id) DO UPDATE SET warned_percent = excluded.warned_percent`,
    )
    .bind(percent)
    .run();
}
