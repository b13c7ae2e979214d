import { blob, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

// The verifiable log. Each event is an entry with an index from 0, in ascending order of IDs. The entries are the
// leaves of a Merkle tree (C2SP tlog-tiles). No table has a row for each event.

/** The state of the log: one row with ID 1. Without this row, nothing has been appended or published yet. */
export const logState = sqliteTable("log_state", {
  id: integer().primaryKey(),
  /** The number of entries of the tree in D1. */
  size: integer().notNull(),
  /**
   * The root of that tree, in base64. An append changes D1 only if `size` and `root` are still those that it read. So
   * if two appends run at the same time, one of them changes nothing.
   */
  root: text().notNull(),
  /** The event ID of the last entry, or 0 if the log is empty. */
  last_event_id: integer().notNull(),
  /** The newest signed checkpoint that may be shown. NULL until the whole history is in the log. */
  checkpoint: text(),
  /** The number of entries in the tree of the checkpoint. */
  checkpoint_size: integer().notNull().default(0),
  /** When the checkpoint was signed. */
  checkpoint_at: integer(),
  /**
   * The number of entries whose full bundles, and the full tiles above them, have been copied to the bucket `ARCHIVE`.
   */
  copied_size: integer().notNull().default(0),
  /** The reason why the log is stopped and signs nothing. NULL: it is not stopped. */
  stopped_reason: text(),
  /** The number of entries that the audit has compared with their events in the current round. */
  audited_size: integer().notNull().default(0),
});

/** Runs of entries whose events have consecutive IDs. A new run begins only if an ID is skipped. */
export const logRuns = sqliteTable("log_runs", {
  first_event_id: integer().primaryKey(),
  /** The index of the entry of `first_event_id`. */
  first_index: integer().notNull().unique("log_runs_first_index"),
});

/**
 * Bundles of 256 entries, without their IDs, because the runs contain the IDs. The last bundle may have fewer entries,
 * and the next append replaces it.
 */
export const logBundles = sqliteTable("log_bundles", {
  number: integer().primaryKey(),
  /**
   * 38 bytes for each entry: `recorded_at` in 6 bytes, big-endian, and the commitment. With 2 bytes more, SQLite would
   * leave a sixth of the row's pages empty.
   */
  entries: blob({ mode: "buffer" }).notNull(),
});

/**
 * The tiles of level 1 and higher: 256 hashes in each. The last tile of a level may have fewer hashes. Each append that
 * adds hashes to it replaces its row. Level 0 is computed from the bundles. WITHOUT ROWID.
 */
export const logTiles = sqliteTable(
  "log_tiles",
  {
    level: integer().notNull(),
    number: integer().notNull(),
    /** Each hash has 32 bytes. */
    hashes: blob({ mode: "buffer" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.level, table.number] })],
);
