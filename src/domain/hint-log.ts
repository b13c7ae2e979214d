import type { Context } from "../context.ts";
import { errorFields } from "../lib/log.ts";

/** Lets another invocation append new events to the log. If the queue refuses the hint, the next sweep appends them. */
export async function hintLog(context: Context): Promise<void> {
  try {
    if (context.config.logKey === undefined) return;
    const delaySeconds = context.logHintPace.nextDelaySeconds(context.now());
    if (delaySeconds !== undefined) await context.hints.log(delaySeconds);
  } catch (error) {
    context.log({ event: "log_hint_failed", ...errorFields(error) });
  }
}

/** Sends another hint, because an invocation may not append all that is left. */
export async function hintLogAgain({ hints, log }: Context): Promise<void> {
  try {
    await hints.log(0);
  } catch (error) {
    log({ event: "log_hint_failed", ...errorFields(error) });
  }
}
