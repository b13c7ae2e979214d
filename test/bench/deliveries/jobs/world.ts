import { contextFor, type Context } from "../../../../src/context.ts";
import type { DatabaseName } from "../plan.ts";

/** The service's own context, over one of the databases. Its hints are lost: who measures calls the consumer himself. */
export function contextOver(env: Env, execution: ExecutionContext, database: DatabaseName): Context {
  const lost = () => Promise.resolve();
  return {
    ...contextFor({ ...env, DB: databaseOf(env, database) }, execution),
    hints: { first: lost, retry: lost, release: lost, log: lost },
  };
}

/** `startRuntime` bound each of them. */
export function databaseOf(env: Env, name: DatabaseName): D1Database {
  return (env as unknown as Record<DatabaseName, D1Database>)[name];
}
