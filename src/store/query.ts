import type { Database } from "./database.ts";

/** A statement and how its answer is read, kept apart so that one round trip may carry several. */
export interface Query<Answer> {
  statement: D1PreparedStatement;
  /** Takes the statement's own rows: `never[]` leaves their type to whoever wrote the statement. */
  read: (rows: never[]) => Answer;
}

/** The same, with more made of its answer. */
export function mapResult<One, Other>({ statement, read }: Query<One>, make: (answer: One) => Other): Query<Other> {
  return { statement, read: (rows) => make(read(rows)) };
}

export async function run<Answer>({ statement, read }: Query<Answer>): Promise<Answer> {
  return read((await statement.all<never>()).results);
}

/** Several in one round trip, and as of one moment. */
export async function runBatch<Answers extends unknown[]>(
  db: Database,
  ...questions: { [Index in keyof Answers]: Query<Answers[Index]> }
): Promise<Answers> {
  const results = await db.batch<never>(questions.map(({ statement }) => statement));
  const answers = questions.map(({ read }, index) => {
    const result = results[index];
    if (result === undefined) throw new Error("a batch came back without all of its answers");
    return read(result.results);
  });
  return answers as Answers; // each read by the question at its place
}
