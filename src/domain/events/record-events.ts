import { toHex } from "../../lib/crypto.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { NewEvent } from "../../schemas/event.ts";
import { insertRecording, type Recorded } from "../../store/recording/insert-recording.ts";
import { LostIds, type Recording } from "../../store/recording/recording.ts";
import { HINT_GRACE_MS, hintDeliveries } from "../hint-deliveries.ts";
import { hintLog } from "../hint-log.ts";
import { hintStreams } from "../hint-streams.ts";
import { scopePath, eventScopes } from "../access/scope-path.ts";
import { eventFeeds } from "../access/visibility.ts";

const KEY_LIFETIME_MS = DAY_MS;
/** The size of a SHA-256, so that nobody can find the event of a hash by trying texts. */
const OPENING_BYTES = 32;

/** A producer may repeat a request with the same key. `bodyHash` detects another body with that key. */
export interface IdempotencyKey {
  key: string;
  bodyHash: string;
}

/**
 * Records 1–100 events in one transaction, and sends hints of their deliveries. Returns the ID of the first event. The
 * IDs of the other events follow without gaps. If requests have the same key and the same body, only one of them
 * records, even if they run at the same time.
 * @throws AppError `idempotency-conflict` if the key was used with another body in the last 24 hours.
 */
export async function recordEvents(
  context: Context,
  newEvents: NewEvent[],
  idempotencyKey?: IdempotencyKey,
): Promise<number> {
  const now = context.now();
  const receivedAtNs = `${BigInt(now) * 1_000_000n}`;
  const events = newEvents.map((event) => ({
    ...event,
    timestamp: event.timestamp ?? receivedAtNs,
    opening: toHex(context.randomBytes(OPENING_BYTES)),
  }));
  const keyClaim = idempotencyKey && {
    ...idempotencyKey,
    requestId: context.uuid(),
    expiresAt: now + KEY_LIFETIME_MS,
  };
  await context.idGuard.check(context);
  const recorded = await insertAboveKnown(context, {
    events,
    feeds: collectFeeds(events),
    eventsByProject: groupByProject(events),
    keyClaim,
    now,
    sweepAt: now + HINT_GRACE_MS,
  });
  if (keyClaim !== undefined && recorded.keyHolder?.bodyHash !== keyClaim.bodyHash) {
    throw new AppError(
      "idempotency-conflict",
      "This Idempotency-Key was used with another body in the last 24 hours. Use a new key for a new request.",
    );
  }
  const hints = recorded.pendingDeliveryIds.map((deliveryId) => ({ deliveryId }));
  context.background(hintDeliveries(context, "first", hints));
  context.background(hintLog(context));
  if (recorded.hasStreams) context.background(hintStreams(context));
  return recorded.firstEventId;
}

/** If D1 was restored to an earlier time, the IDs are raised first: none is given twice. */
async function insertAboveKnown(context: Context, recording: Omit<Recording, "lastKnownId">): Promise<Recorded> {
  const { db, idGuard } = context;
  const insert = () => insertRecording(db, { ...recording, lastKnownId: idGuard.lastKnownId });
  const recorded = await insert().catch(async (error: unknown) => {
    if (!(error instanceof LostIds)) throw error;
    await idGuard.raise(context);
    return insert();
  });
  idGuard.know(recorded.firstEventId);
  return recorded;
}

function collectFeeds(events: NewEvent[]): Recording["feeds"] {
  const scopes = new Map<string, Map<string, Recording["feeds"][0][1][0]>>();
  for (const [offset, event] of events.entries()) {
    const audience = eventFeeds(event);
    for (const scope of eventScopes(event).map(scopePath)) {
      const feeds = getOrInsert(scopes, scope, () => new Map());
      for (const [kind, name] of audience)
        getOrInsert(feeds, `${kind}/${name}`, () => [kind, name, []])[2].push(offset);
    }
  }
  return [...scopes].map(([scope, feeds]) => [scope, [...feeds.values()]]);
}

function groupByProject(events: NewEvent[]): Recording["eventsByProject"] {
  const projects = new Map<string, Recording["eventsByProject"][0][1]>();
  for (const [offset, event] of events.entries()) {
    // State and Inventory projects share one namespace: an event with the same project in both counts once.
    for (const project of new Set([event.state_project, event.inventory_project])) {
      if (project === undefined) continue;
      getOrInsert(projects, project, () => []).push([offset, event.type, event.allowed_groups ?? null]);
    }
  }
  return [...projects];
}

function getOrInsert<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
