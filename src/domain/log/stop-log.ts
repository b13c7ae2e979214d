import type { Context } from "../../context.ts";
import { markStopped } from "../../store/log/log-state.ts";
import { EMPTY_TREE } from "./plan-append.ts";

/**
 * Ends appending and signing, because going on would make a log that contradicts itself. What is published stays. Only an
 * operator can let the log go on (docs/operating.md).
 */
export async function stopLog({ db, log }: Pick<Context, "db" | "log">, reason: string): Promise<void> {
  if (await markStopped(db, EMPTY_TREE.root, reason)) log({ event: "log_stopped", reason });
}
