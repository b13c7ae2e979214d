import type { Database } from "./database.ts";

/**
 * A statement and the function that reads its rows. They are separate, so that one round trip can carry several
 * statements.
 */
export interface Query<Result> {
  statement: D1PreparedStatement;
  /** The author of the statement knows the type of its rows. `never[]` accepts each type. */
  read: (rows: never[]) => Result;
}

export function mapResult<From, To>({ statement, read }: Query<From>, map: (result: From) => To): Query<To> {
  return { statement, read: (rows) => map(read(rows)) };
}

/** A query whose result is its rows. */
export function rowsOf<Row>(statement: D1PreparedStatement): Query<Row[]> {
  return { statement, read: (rows: Row[]) => rows };
}

export async function run<Result>({ statement, read }: Query<Result>): Promise<Result> {
  return read((await statement.all<never>()).results);
}

/** Runs the queries in one round trip and one transaction, so all of them see the same state of the database. */
export async function runBatch<Results extends unknown[]>(
  db: Database,
  ...queries: { [Index in keyof Results]: Query<Results[Index]> }
): Promise<Results> {
  const responses = await db.batch<never>(queries.map(({ statement }) => statement));
  const results = queries.map(({ read }, index) => {
    const response = responses[index];
    if (response === undefined) throw new Error("D1 returned fewer results than the batch has statements");
    return read(response.results);
  });
  return results as Results; // each is read by the query at its index
}
