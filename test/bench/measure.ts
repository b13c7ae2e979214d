import type { Context } from "../../src/context.ts";
import { now } from "./clock.ts";

export interface Measurement {
  milliseconds: number;
  rowsRead: number;
  rowsWritten: number;
  /** The number of round trips to D1. Each is one transaction. */
  roundTrips: number;
}

/** Does `work` with a context that counts round trips to D1. */
export async function measure(context: Context, work: (context: Context) => Promise<unknown>): Promise<Measurement> {
  const { db, usage } = context;
  const batches = { count: 0, statements: 0 };
  const batch: typeof db.batch = (statements) => {
    batches.count += 1;
    batches.statements += statements.length;
    return db.batch(statements);
  };
  const startedAt = await now();
  await work({ ...context, db: { ...db, batch } });
  return {
    milliseconds: (await now()) - startedAt,
    rowsRead: usage.rowsRead,
    rowsWritten: usage.rowsWritten,
    roundTrips: batches.count + usage.queries - batches.statements,
  };
}
