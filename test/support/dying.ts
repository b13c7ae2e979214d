import { env } from "cloudflare:workers";
import type { Database } from "../../src/store/database.ts";

/** How many points are left until the death. There is a point before each call, and one after it. */
export interface PointsLeft {
  left: number;
}

/** Calls D1 until the points are used up. After that, each call fails, as if the invocation had died. */
export function dyingDatabase(db: Database, points: PointsLeft): Database {
  const inner = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const all = () => call(points, () => statement.all());
    const wrapped = { bind: (...values: unknown[]) => wrap(statement.bind(...values)), all, run: all };
    inner.set(wrapped as D1PreparedStatement, statement);
    return wrapped as D1PreparedStatement; // `first` and `raw` are not used
  };
  return {
    ...db,
    prepare: (sql) => wrap(db.prepare(sql)),
    batch: (statements) =>
      call(points, () => db.batch(statements.map((statement) => inner.get(statement) ?? statement))),
  };
}

/** The bucket of the tests, which dies in the same way. */
export function dyingBucket(points: PointsLeft): R2Bucket {
  const { ARCHIVE: bucket } = env;
  return {
    get: (...args: Parameters<R2Bucket["get"]>) => call(points, () => bucket.get(...args)),
    put: (...args: Parameters<R2Bucket["put"]>) => call(points, () => bucket.put(...args)),
    list: (...args: Parameters<R2Bucket["list"]>) => call(points, () => bucket.list(...args)),
    delete: (...args: Parameters<R2Bucket["delete"]>) => call(points, () => bucket.delete(...args)),
  } as unknown as R2Bucket; // the service uses no other functions
}

async function call<Result>(points: PointsLeft, run: () => Promise<Result>): Promise<Result> {
  pass(points);
  const result = await run();
  pass(points);
  return result;
}

function pass(points: PointsLeft): void {
  if (points.left <= 0) throw new Error("The invocation died.");
  points.left -= 1;
}
