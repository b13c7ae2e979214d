import type { Context } from "../../context.ts";

/**
 * What reading events needs: the database, and the archive for the events that the database has no more. `db` may be a
 * session on a replica. In a replica that lags, the archive is merely smaller.
 */
export type Reading = Pick<Context, "db" | "archive" | "archiveCache" | "edgeObjects" | "background" | "log">;
