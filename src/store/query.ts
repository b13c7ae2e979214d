import type { Database } from "./database.ts";

/**
 * A statement and the function that reads its rows. They are separate, so that one round trip can carry several
 * statements.
 */
export interface Query<Result> {
  statement: D1PreparedStatement;
  /** The author of the statement knows the type of its rows. `never[]` accepts each type. */
  read: (rows: never[]) => Result;
  /**
   * Returns the query to run instead, if the rows show that this statement was not enough. All statements of the same
   * batch run once more, so they must only read.
   */
  replacementFor?: (rows: never[]) => Query<Result> | undefined;
}

export function mapResult<From, To>(
  { statement, read, replacementFor }: Query<From>,
  map: (result: From) => To,
): Query<To> {
  return {
    statement,
    read: (rows) => map(read(rows)),
    replacementFor: (rows) => {
      const other = replacementFor?.(rows);
      return other && mapResult(other, map);
    },
  };
}

/** A query whose result is its rows. */
export function rowsOf<Row>(statement: D1PreparedStatement): Query<Row[]> {
  return { statement, read: (rows: Row[]) => rows };
}

export async function run<Result>({ statement, read, replacementFor }: Query<Result>): Promise<Result> {
  const { results } = await statement.all<never>();
  const other = replacementFor?.(results);
  return other === undefined ? read(results) : run(other);
}

/**
 * Runs the queries in one round trip and one transaction, so all of them see the same state of the database. If one of
 * them must be replaced, all run once more.
 */
export async function runBatch<Results extends unknown[]>(
  db: Database,
  ...queries: { [Index in keyof Results]: Query<Results[Index]> }
): Promise<Results> {
  const responses = await db.batch<never>(queries.map(({ statement }) => statement));
  const rows = queries.map((_, index) => rowsIn(responses[index]));
  const others = queries.map((query, index) => query.replacementFor?.(rows[index] ?? []));
  if (others.some((other) => other !== undefined)) {
    const again = queries.map((query, index) => others[index] ?? query);
    return runBatch<Results>(db, ...(again as typeof queries)); // each has the result of the query that it replaces
  }
  return queries.map(({ read }, index) => read(rows[index] ?? [])) as Results; // each is read by the query at its index
}

function rowsIn(response: D1Result<never> | undefined): never[] {
  if (response === undefined) throw new Error("D1 returned fewer results than the batch has statements");
  return response.results;
}
