import type { Context } from "../context.ts";
import { errorFields } from "../lib/log.ts";

/** Lets another invocation send new events, at a pace. If the queue refuses the hint, the next sweep sends them. */
export async function hintStreams(context: Context): Promise<void> {
  const delaySeconds = context.streamHintPace.nextDelaySeconds(context.now());
  if (delaySeconds !== undefined) await hintStreamsIn(context, delaySeconds);
}

/** Lets another invocation send what is due after this time. Returns false if the queue refuses the hint. */
export async function hintStreamsIn({ hints, log }: Context, delaySeconds: number): Promise<boolean> {
  try {
    await hints.streams(delaySeconds);
    return true;
  } catch (error) {
    log({ event: "stream_hint_failed", ...errorFields(error) });
    return false;
  }
}
