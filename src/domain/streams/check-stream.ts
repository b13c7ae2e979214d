import { sendBatch } from "../../channels/streams/send-batch.ts";
import { bodyOf, writeEvents } from "../../channels/streams/stream-body.ts";
import type { StreamBatch, StreamReport } from "../../channels/streams/stream-batch.ts";
import type { Context } from "../../context.ts";
import { formatIso } from "../../lib/time.ts";
import { BEFORE_ID, eventJsonAfterId } from "../../schemas/event-json.ts";
import type { StreamCheck } from "../../schemas/stream-change.ts";
import type { StreamRow } from "../../store/streams/stream-rows.ts";
import type { Reader } from "../access/roles.ts";
import { getStreamRow } from "./list-streams.ts";
import { requireExpected, type ExpectedVersion } from "./rewrite-stream.ts";
import { MAX_BATCH_BYTES, streamPolicy } from "./stream-policy.ts";
import { streamTarget } from "./stream-target.ts";

/**
 * Sends a sample at once, also while the stream is paused. The sample is not an event, and nothing is stored.
 * @throws AppError `forbidden`; `not-found`; `precondition-failed`
 */
export async function checkStream(
  context: Context,
  reader: Reader,
  id: string,
  isExpected?: ExpectedVersion,
): Promise<StreamCheck> {
  const row = await getStreamRow(context.db, reader, id);
  requireExpected(row, isExpected);
  const target = streamTarget(row);
  const policy = streamPolicy(context.config);
  const { now, fetch, deadlines, uuid } = context;
  const startedAt = now();
  const { publicUrl } = policy;
  const sample = { id: 0, json: sampleJson(row, reader, startedAt) };
  const writing = { publicUrl, nowMs: startedAt, maxBytes: MAX_BATCH_BYTES };
  const { events } = writeEvents(target, [sample], writing);
  const batch: StreamBatch = {
    webhookId: `msg_test_${uuid()}`,
    firstId: 0,
    lastId: 0,
    firstRecordedAt: formatIso(startedAt),
    events,
    writtenAt: startedAt,
  };
  const report = await sendBatch(target, batch, { ...policy, fetch, now, deadlines });
  const sent = bodyOf(target, batch);
  return { started_at: formatIso(startedAt), duration_ms: now() - startedAt, ...toResult(report), sent };
}

/**
 * No event has the ID 0. The sample has the names in the stream's filters, so it looks like the events of the stream.
 */
function sampleJson({ listing }: StreamRow, { name }: Reader, now: number): string {
  const { type, username: _u, since: _s, until: _n, ...names } = listing;
  const sample = {
    ...names,
    type: type?.[0] ?? "UPDATE_STATE_DEPLOYMENT",
    timestamp: `${BigInt(now) * 1_000_000n}`,
    username: name === undefined ? "a sample" : `${name} (a sample)`,
    data: '{"sample":true}',
  };
  return `${BEFORE_ID}0${eventJsonAfterId(sample, now)}`;
}

const OUTCOMES = { arrived: "delivered", too_large: "refused", refused: "refused", retry: "retry" } as const;

function toResult({ outcome, status, response }: StreamReport) {
  const reason = outcome.kind === "arrived" ? outcome.notice : outcome.reason;
  return {
    outcome: OUTCOMES[outcome.kind],
    ...(status !== undefined && { status }),
    ...(reason !== undefined && { reason }),
    ...(response !== undefined && { response }),
  };
}
