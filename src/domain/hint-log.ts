import type { Context } from "../context.ts";
import { errorFields } from "../lib/log.ts";

/** Of one isolate. Each hint costs at least two round trips to D1, and covers all events that are there when it arrives. */
const INTERVAL_MS = 2_000;

/** When this isolate's last hint arrives, so that no two arrive within two seconds. */
export class LogHintPace {
  #arrivesAt = Number.NEGATIVE_INFINITY;

  /** The delay of a hint that is to be sent now. Undefined: one is on its way that arrives later than now. */
  nextDelaySeconds(now: number): number | undefined {
    if (this.#arrivesAt > now) return undefined;
    const delaySeconds = Math.max(0, Math.ceil((this.#arrivesAt + INTERVAL_MS - now) / 1000));
    this.#arrivesAt = now + delaySeconds * 1000;
    return delaySeconds;
  }
}

/** Has new events appended to the log, in another invocation. If the queue refuses the hint, the next sweep does it. */
export async function hintLog(context: Context): Promise<void> {
  try {
    if (context.config.logKey === undefined) return;
    const delaySeconds = context.logHintPace.nextDelaySeconds(context.now());
    if (delaySeconds !== undefined) await context.hints.log(delaySeconds);
  } catch (error) {
    context.log({ event: "log_hint_failed", ...errorFields(error) });
  }
}

/** As `hintLog`, for an invocation that has more to append than it may. */
export async function hintLogAgain({ hints, log }: Context): Promise<void> {
  try {
    await hints.log(0);
  } catch (error) {
    log({ event: "log_hint_failed", ...errorFields(error) });
  }
}
