import type { Context } from "../context.ts";
import { errorFields } from "../lib/log.ts";

/** For one isolate. A hint costs at least two round trips to D1, and covers all events that exist when it arrives. */
const INTERVAL_MS = 2_000;

/** Remembers when this isolate's last hint arrives, so that at most one hint arrives in two seconds. */
export class LogHintPace {
  #arrivesAt = Number.NEGATIVE_INFINITY;

  /** The delay of a hint that is sent now, or undefined if a hint that was sent before has not arrived yet. */
  nextDelaySeconds(now: number): number | undefined {
    if (this.#arrivesAt > now) return undefined;
    const delaySeconds = Math.max(0, Math.ceil((this.#arrivesAt + INTERVAL_MS - now) / 1000));
    this.#arrivesAt = now + delaySeconds * 1000;
    return delaySeconds;
  }
}

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
