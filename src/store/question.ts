import type { Database } from "./database.ts";

/** What is asked of D1, and how its answer is read: so that one round trip may carry several. */
export interface Question<Answer> {
  statement: D1PreparedStatement;
  /** Of the statement's own rows, which `never` lets be of any type. */
  read: (rows: never[]) => Answer;
}

/** The same, with more made of its answer. */
export function thenRead<One, Other>(
  { statement, read }: Question<One>,
  make: (answer: One) => Other,
): Question<Other> {
  return { statement, read: (rows) => make(read(rows)) };
}

export async function ask<Answer>({ statement, read }: Question<Answer>): Promise<Answer> {
  return read((await statement.all<never>()).results);
}

/** Two in one round trip, and as of one moment. */
export async function askBoth<One, Other>(
  db: Database,
  one: Question<One>,
  other: Question<Other>,
): Promise<[One, Other]> {
  const [first, second] = await db.batch<never>([one.statement, other.statement]);
  if (first === undefined || second === undefined) throw new Error("a batch came back without all of its answers");
  return [one.read(first.results), other.read(second.results)];
}
