import type { Context } from "../../context.ts";
import { markStopped } from "../../store/log/log-state.ts";
import { EMPTY_TREE } from "./plan-append.ts";

/**
 * Stops appending and signing, because a log that goes on would contradict itself. Published checkpoints stay. Only an
 * operator can let the log go on (docs/operating.md).
 */
export async function stopLog({ db, log }: Pick<Context, "db" | "log">, reason: string): Promise<void> {
  if (await markStopped(db, EMPTY_TREE.root, reason)) log({ event: "log_stopped", reason });
}
