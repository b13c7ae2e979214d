import { drizzle } from "drizzle-orm/d1";
import { AppError } from "../errors.ts";
import { ArchiveMemory } from "./archive-memory.ts";

/** The cost of one invocation: the sum over all its queries of D1, and its reads of objects of the archive in R2. */
export interface Usage {
  durationMs: number;
  queries: number;
  rowsRead: number;
  rowsWritten: number;
  r2Gets: number;
}

export function noUsage(): Usage {
  return { durationMs: 0, queries: 0, rowsRead: 0, rowsWritten: 0, r2Gets: 0 };
}

/** A D1 session that adds the cost of each query to a `Usage`. */
export interface Database {
  prepare(sql: string): D1PreparedStatement;
  batch<Row>(statements: D1PreparedStatement[]): Promise<D1Result<Row>[]>;
  /** The session's bookmark, for `x-d1-bookmark`; null before the first query. */
  bookmark(): string | null;
  /** What this isolate remembers of the archive. */
  archiveMemory: ArchiveMemory;
  /** The same session for drizzle's query builder. */
  orm: ReturnType<typeof drizzle>;
}

export function openDatabase(
  session: D1DatabaseSession,
  usage: Usage,
  archiveMemory: ArchiveMemory = new ArchiveMemory(),
): Database {
  const metered = {
    prepare: (sql: string) => meter(session.prepare(sql), usage),
    batch: async <Row>(statements: D1PreparedStatement[]) =>
      counted(usage, () => session.batch<Row>(statements.map(bareStatement))),
    bookmark: () => session.getBookmark(),
  };
  let orm: Database["orm"] | undefined;
  return {
    ...metered,
    archiveMemory,
    get orm() {
      return (orm ??= drizzle(forDrizzle(metered))); // most requests never use the query builder
    },
  };
}

/** drizzle's types require a whole D1Database, but its query builder calls only `prepare` and `batch`. */
function forDrizzle(session: Pick<Database, "prepare" | "batch">): D1Database {
  return session as D1Database;
}

const bare = new WeakMap<D1PreparedStatement, D1PreparedStatement>();

function bareStatement(statement: D1PreparedStatement): D1PreparedStatement {
  return bare.get(statement) ?? statement;
}

/**
 * Makes every query of the statement call `all`, because D1's `raw` and `first` return no `meta`. `all` returns rows as
 * objects, in which two columns of the same name become one, as in drizzle's `batch` (drizzle-orm#6038). So a join must
 * give each column its own name.
 */
function meter(statement: D1PreparedStatement, usage: Usage): D1PreparedStatement {
  const all = <Row>() => countedOne(usage, () => statement.all<Row>());
  const metered = {
    bind: (...values: unknown[]) => meter(statement.bind(...values), usage),
    all,
    run: all,
    raw: async () => (await all<Record<string, unknown>>()).results.map((row) => Object.values(row)),
    first: async <Row>() => (await all<Row>()).results[0] ?? null,
  } as D1PreparedStatement; // lacks the overloads of `raw` and `first` that nothing calls
  bare.set(metered, statement);
  return metered;
}

async function countedOne<Row>(usage: Usage, query: () => Promise<D1Result<Row>>): Promise<D1Result<Row>> {
  const [result] = await counted(usage, async () => [await query()] as const);
  return result;
}

async function counted<Results extends readonly D1Result[]>(
  usage: Usage,
  query: () => Promise<Results>,
): Promise<Results> {
  const startedAt = performance.now();
  try {
    const results = await query();
    for (const { meta } of results) {
      usage.rowsRead += meta.rows_read;
      usage.rowsWritten += meta.rows_written;
    }
    usage.queries += results.length;
    return results;
  } catch (error) {
    throw orUnavailable(error);
  } finally {
    usage.durationMs += performance.now() - startedAt;
  }
}

/**
 * Matches errors of queries that D1 refused to run. Nothing was written. Source: Cloudflare D1, "Debug D1", list of
 * D1_ERRORs.
 */
const REFUSED = /D1 DB is overloaded|Too many requests queued/i;

/**
 * Matches errors of a lost connection to D1 (same source). D1 may have committed the write, so a caller that repeats
 * the write must not count anything twice.
 */
const INTERRUPTED =
  /Network connection lost|caused object to be reset|reset because its code was updated|Cannot resolve D1 DB/i;

function orUnavailable(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (REFUSED.test(error.message)) {
    return unavailable("The database is overloaded; try again after the time in Retry-After.", error);
  }
  if (INTERRUPTED.test(error.message)) {
    return unavailable(
      "The database did not respond. The request may or may not have taken effect; try again after the time in Retry-After.",
      error,
    );
  }
  return error;
}

function unavailable(detail: string, cause: Error): AppError {
  return new AppError("unavailable", detail, { cause, headers: { "Retry-After": "5" } });
}

/** True if a query failed because D1 was unavailable, and not because of the query itself. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.code === "unavailable";
}

/** @throws if the database does not respond */
export async function ping(db: Database): Promise<void> {
  await db.prepare("SELECT 1").run();
}
