import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import { listDueStreams, type DueStream } from "../../store/streams/due-streams.ts";
import { markStuck } from "../../store/streams/stream-batches.ts";
import { endsWithin } from "../ends-within.ts";
import { hintStreams, hintStreamsIn } from "../hint-streams.ts";
import { BatchSlots } from "./batch-slots.ts";
import { StreamRun, type Ending, type StreamsRun } from "./run-stream.ts";
import { retryWait, streamPolicy } from "./stream-policy.ts";

/** After this time, the hint is acknowledged, and the streams that are not done continue in the background. */
const FIRST_RESULTS_MS = 500;
/** If a stream has waited for a slot for so long, another invocation is asked to send it. */
const STUCK_AFTER_MS = 300;

/**
 * Sends the streams that are due, side by side. Returns as soon as they are done, or after half a second. Then the rest
 * continues in the background, if there is enough time for that after the handler has returned.
 */
export async function runStreams(context: Context): Promise<void> {
  const policy = streamPolicy(context.config);
  const startedAt = context.now();
  const due = await listDueStreams(context.db, startedAt);
  if (due.length === 0) return;
  const work = runDue({ context, policy, slots: new BatchSlots(), startedAt }, due);
  if (!policy.mayContinue) return work;
  await endsWithin(context, work, FIRST_RESULTS_MS);
  context.background(work);
}

/** Never rejects. */
async function runDue(run: StreamsRun, due: DueStream[]): Promise<void> {
  const hinted = new Set<number>();
  const streams = due.map((stream) => ({ stream, sender: new StreamRun(run, stream) }));
  const work = Promise.all(
    streams.map(async ({ stream, sender }) => {
      await hintAfter(run.context, hinted, await endOf(run.context, stream, sender));
    }),
  ).then(() => undefined);
  const hasEnded = await endsWithin(run.context, work, STUCK_AFTER_MS);
  const isStuck = !hasEnded && streams.some(({ sender }) => !sender.hasBegun);
  if (isStuck) await hintStreamsIn(run.context, 0);
  await work;
}

async function endOf(context: Context, stream: DueStream, sender: StreamRun): Promise<Ending> {
  try {
    if (firstLostId(stream) === undefined) return await sender.sendUntilEnd();
    sender.hasBegun = true;
    return await stopAtLostEvents(context, stream);
  } catch (error) {
    context.log({ event: "stream_failed", stream: `${stream.id}`, ...errorFields(error) });
    return { kind: "done" };
  }
}

/** The first event of the stream that retention has deleted before it arrived. Undefined if there is none. */
function firstLostId({ after_id, batch_first_id, deleted_to }: DueStream): number | undefined {
  const next = batch_first_id ?? after_id + 1;
  return next <= deleted_to ? next : undefined;
}

/**
 * Stops a stream whose next events are deleted. Only an operator can let it go on, so events never go missing
 * unnoticed.
 */
async function stopAtLostEvents(context: Context, stream: DueStream): Promise<Ending> {
  const { id, version, after_id, batch_webhook_id, deleted_to } = stream;
  const at = context.now();
  const waitSeconds = retryWait(Number.POSITIVE_INFINITY);
  const error =
    `the events from ${firstLostId(stream)} to ${deleted_to} were deleted by EVENT_RETENTION_DAYS before they arrived: ` +
    `rewind the stream to ${deleted_to}, and it goes on with the events that are left`;
  const known = { id, version, after_id, batch_webhook_id };
  await markStuck(context.db, known, { at, nextAttemptAt: at + waitSeconds * 1000, error });
  return { kind: "done" };
}

/** Sends a hint for the next run of a stream, unless this invocation has sent one that arrives in the same second. */
async function hintAfter(context: Context, hinted: Set<number>, ending: Ending): Promise<void> {
  if (ending.kind === "done") return;
  if (ending.kind === "newer") return hintStreams(context);
  const delaySeconds = ending.kind === "failed" ? ending.waitSeconds : 0;
  const arrivesAt = Math.ceil(context.now() / 1000) + delaySeconds;
  if (hinted.has(arrivesAt)) return;
  hinted.add(arrivesAt);
  await hintStreamsIn(context, delaySeconds);
}

/** A task of the sweep, in case hints were lost. Sends the streams itself if the queue refuses the hint. */
export async function sweepStreams(context: Context): Promise<void> {
  const due = await listDueStreams(context.db, context.now());
  if (due.length > 0 && !(await hintStreamsIn(context, 0))) await runStreams(context);
}
