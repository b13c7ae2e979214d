import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The last cosignature of each witness in LOG_WITNESSES. WITHOUT ROWID. */
export const logWitnesses = sqliteTable(
  "log_witnesses",
  {
    /** The log's origin. A log with a new key is a new log, and no witness knows it yet. */
    origin: text().notNull(),
    /** The witness's verifier key. */
    witness: text().notNull(),
    /**
     * The size of the tree that the witness cosigned last, by its own response. The next request proves consistency
     * with this tree.
     */
    size: integer().notNull().default(0),
    asked_at: integer().notNull(),
    /** The newest checkpoint that the witness has cosigned, as the log signed it. NULL: it has cosigned none. */
    checkpoint: text(),
    checkpoint_size: integer(),
    /** The witness's signature lines of this checkpoint. */
    cosignature: text(),
    /** The time of the cosignature, by the witness's clock. */
    cosigned_at: integer(),
    /** Why the last request failed, as a sentence for people. NULL: the witness cosigned. */
    failure: text(),
  },
  (table) => [primaryKey({ columns: [table.origin, table.witness] })],
);
