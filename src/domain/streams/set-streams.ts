import { streamDestinationFault } from "../../channels/streams/stream-destination-fault.ts";
import type { Context } from "../../context.ts";
import { AppError, invalidRequest } from "../../errors.ts";
import { MAX_STREAMS, type ChangedStream, type NewStream } from "../../schemas/stream.ts";
import { SECRET_FIELD } from "../../schemas/stream-destinations.ts";
import type { StreamChangeDetails } from "../../schemas/stream-change.ts";
import { deleteStream, insertStream, NO_BATCH, REVOKED_LEASE } from "../../store/streams/change-streams.ts";
import { findEventRange, type StreamRow } from "../../store/streams/stream-rows.ts";
import { requireOperator, type Reader } from "../access/roles.ts";
import { hintStreamsIn } from "../hint-streams.ts";
import { getStream, getStreamRow } from "./list-streams.ts";
import {
  changeBy,
  requireExpected,
  rewriteStream,
  type ExpectedVersion,
  type StreamRewrite,
} from "./rewrite-stream.ts";
import { MAX_BATCH_BYTES } from "./stream-policy.ts";
import { requireStreamRights } from "./stream-rights.ts";
import { toStored } from "./stream-target.ts";
import type { StreamView } from "./stream-view.ts";

/**
 * Creates a stream, which begins after the newest event or after `after`.
 * @throws AppError `forbidden`; `invalid-request`; `conflict` if there are `MAX_STREAMS` streams already.
 */
export async function createStream(context: Context, reader: Reader, sent: NewStream): Promise<StreamView> {
  requireOperator(reader);
  const groups = sent.allowed_groups ?? null;
  requireStreamRights(reader, { groups, groupsBefore: undefined, hasNewDestination: true });
  requireDestination(context, sent);
  const { destination, secret = "" } = toStored(sent);
  const { name, kind, format, listing, enabled } = sent;
  const row = { name, kind, destination, secret, format, listing, allowed_groups: groups, enabled };
  const id = await insertStream(
    context.db,
    { ...row, after_id: await readBeginning(context, sent.after), max_batch_bytes: MAX_BATCH_BYTES },
    { ...changeBy(context, reader), details: { name, kind } },
    MAX_STREAMS,
  );
  if (id === undefined) {
    throw new AppError(
      "conflict",
      `There can be at most ${MAX_STREAMS} streams. Delete one, or change an existing one.`,
    );
  }
  context.background(hintStreamsIn(context, 0));
  return getStream(context, reader, `${id}`);
}

/** A position beyond the newest event would leave out events that are recorded later. */
async function readBeginning({ db }: Context, after: string | undefined): Promise<number | null> {
  if (after === undefined) return null;
  const { newestId } = await findEventRange(db);
  if (BigInt(after) <= BigInt(newestId)) return Number(after);
  throw invalidRequest([
    { path: "after", message: `must not be above the ID of the newest event, which is ${newestId}` },
  ]);
}

/**
 * Replaces the settings of a stream. A secret that is left out stays. If the events or the destination change, a batch
 * that is being sent no longer moves the stream.
 * @throws AppError `forbidden`; `not-found`; `invalid-request`; `precondition-failed`
 */
export async function replaceStream(
  context: Context,
  reader: Reader,
  id: string,
  sent: ChangedStream,
  isExpected?: ExpectedVersion,
): Promise<StreamView> {
  return rewriteStream(context, reader, id, isExpected, (row) => planReplacement(context, reader, row, sent));
}

function planReplacement(
  context: Context,
  reader: Reader,
  row: StreamRow,
  sent: ChangedStream,
): StreamRewrite | undefined {
  if (sent.kind !== row.kind) {
    throw invalidRequest([{ path: "kind", message: `cannot be changed from ${row.kind}: create a new stream` }]);
  }
  const { destination, secret = row.secret } = toStored(sent);
  requireSecretAgain(row, sent);
  const { name, format, listing, enabled } = sent;
  const groups = sent.allowed_groups ?? null;
  const set = { name, destination, secret, format, listing, allowed_groups: groups, enabled };
  const fields = changedFields(row, set);
  const has = (...names: (keyof typeof set)[]) => names.some((field) => fields.includes(field));
  const hasNewDestination = has("destination", "secret");
  requireStreamRights(reader, { groups, groupsBefore: row.allowed_groups, hasNewDestination });
  if (hasNewDestination || (enabled && !row.enabled)) requireDestination(context, sent);
  if (fields.length === 0) return undefined;
  const hasNewEvents = has("listing", "allowed_groups", "format");
  return {
    set: {
      ...set,
      failures: 0,
      next_attempt_at: context.now(),
      ...((hasNewDestination || hasNewEvents) && REVOKED_LEASE),
      ...(hasNewDestination && { max_batch_bytes: MAX_BATCH_BYTES }),
      ...(hasNewEvents && NO_BATCH),
    },
    ...actionOf(row.kind, fields, enabled),
  };
}

/**
 * Splunk and Datadog get the secret itself. So a stored secret is not sent to a URL with another origin. Otherwise, an
 * operator could read the secret by changing the URL.
 * @throws AppError `invalid-request`
 */
function requireSecretAgain(row: StreamRow, sent: ChangedStream): void {
  if (sent.kind !== "splunk_hec" && sent.kind !== "datadog") return;
  const before = (row.destination as { url: string }).url; // the stored destination is of this kind
  if (toStored(sent).secret !== undefined || originOf(before) === originOf(sent.destination.url)) return;
  throw invalidRequest([
    {
      path: `destination.${SECRET_FIELD[sent.kind]}`,
      message: "must be given again, because the URL has another origin",
    },
  ]);
}

function originOf(url: string): string | undefined {
  return URL.parse(url)?.origin;
}

/** Returns the columns that get another value. The order of an object's keys makes no difference. */
function changedFields(row: StreamRow, set: Partial<StreamRow>): (keyof StreamRow)[] {
  const names = Object.keys(set) as (keyof StreamRow)[]; // `set` is made of columns
  return names.filter((name) => canonicalJson(row[name]) !== canonicalJson(set[name]));
}

function canonicalJson(value: unknown): string {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return JSON.stringify(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function actionOf(
  kind: StreamRow["kind"],
  fields: string[],
  enabled: boolean,
): Pick<StreamRewrite, "action" | "details"> {
  if (fields.length === 1 && fields[0] === "enabled") return { action: enabled ? "resume" : "pause", details: {} };
  const served = fields.map((field) => (field === "secret" ? `destination.${SECRET_FIELD[kind]}` : field));
  return { action: "change", details: { fields: served } };
}

/** @throws AppError `forbidden`; `not-found`; `precondition-failed` */
export async function removeStream(
  context: Context,
  reader: Reader,
  id: string,
  isExpected?: ExpectedVersion,
): Promise<void> {
  for (;;) {
    const row = await getStreamRow(context.db, reader, id);
    requireExpected(row, isExpected);
    const details: StreamChangeDetails = { name: row.name, kind: row.kind };
    if (await deleteStream(context.db, row, { ...changeBy(context, reader), action: "delete", details })) return;
  }
}

/** @throws AppError `invalid-request` */
function requireDestination({ config }: Context, sent: NewStream | ChangedStream): void {
  const fault = streamDestinationFault(sent, config.allowLocalDestinations);
  if (fault !== undefined) throw invalidRequest([{ path: `destination.${fault.field}`, message: fault.message }]);
}
