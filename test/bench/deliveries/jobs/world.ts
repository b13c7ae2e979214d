import { contextFor, type Context } from "../../../../src/context.ts";
import type { DatabaseName } from "../plan.ts";

/**
 * The service's context, with one of the databases. Hints are dropped, because the experiments call the consumer
 * directly.
 */
export function contextWith(env: Env, execution: ExecutionContext, database: DatabaseName): Context {
  const lost = () => Promise.resolve();
  return {
    ...contextFor({ ...env, DB: databaseOf(env, database) }, execution),
    hints: { first: lost, retry: lost, release: lost, log: lost, streams: lost },
  };
}

/** `startRuntime` has bound each database. */
export function databaseOf(env: Env, name: DatabaseName): D1Database {
  return (env as unknown as Record<DatabaseName, D1Database>)[name];
}
