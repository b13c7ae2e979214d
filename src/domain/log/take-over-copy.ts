import type { LogCopy } from "../../bucket/log-copy.ts";
import type { Context } from "../../context.ts";
import { insertAppend, readAppendable, type Append } from "../../store/log/append-entries.ts";
import type { LogState } from "../../store/log/log-state.ts";
import type { OpenableEvent } from "../../store/log/openable-events.ts";
import { TILE_WIDTH } from "../../tlog/tile.ts";
import { ContradictoryCopy, copiedTiles, type CopiedHead } from "./copied-head.ts";
import { lastCopiedEventId, readCopiedEntries } from "./copied-entries.ts";
import { commitmentOf, type LogEntry } from "./log-entry.ts";
import { NEW_STATE, planAppend } from "./plan-append.ts";
import { raiseIdsAbove } from "./id-guard.ts";
import { settleFork } from "./settle-fork.ts";
import { isExtension, storedHead } from "./tree-proofs.ts";

/** Of the events of one step, which holds them in memory. */
const LIMITS = { events: 2_500, bytes: 4_000_000 };
const STEP_BUNDLES = 10;
/** Of one invocation, which may make 1,000 requests: some 80 bundles with 20,480 entries, and the tiles of the proofs. */
const MAX_STEPS = 8;
/** After so long, another invocation goes on. */
const MAX_MS = 20_000;

/**
 * The copy is larger than D1's tree, so D1 was restored to an earlier time: appends what the copy has more, in steps of one
 * read and one transaction each, and before it raises the IDs. Each step's tree is proven to be the beginning of the copy's
 * before it is stored. Returns whether D1's tree is the copy's now.
 * @throws ContradictoryCopy if the copy is damaged, or D1 holds what it cannot have been a copy of
 */
export async function takeOverCopy(
  context: Context,
  { copy, head }: { copy: LogCopy; head: CopiedHead },
  state: LogState,
): Promise<boolean> {
  await raiseIdsAbove(context, await lastCopiedEventId(copy, head));
  if (!(await isExtension(storedHead(state), head, copiedTiles(copy)))) {
    await settleFork(context, { copy, head }, state);
    return false;
  }
  const deadline = context.now() + MAX_MS;
  let taken: Taken = { size: state.size, entries: 0, lostEvents: 0 };
  for (let step = 0; step < MAX_STEPS && taken.size < head.size && context.now() < deadline; step++) {
    const added = await takeOverStep(context, { copy, head });
    if (added === undefined) return false;
    taken = { ...added, entries: taken.entries + added.entries, lostEvents: taken.lostEvents + added.lostEvents };
  }
  const { size, entries, lostEvents } = taken;
  context.log({ event: "log_taken_over", size, entries, lost_events: lostEvents, is_more: size < head.size });
  return size >= head.size;
}

interface Taken {
  /** Of D1's tree. */
  size: number;
  entries: number;
  /** Entries of events that D1 does not have any more. */
  lostEvents: number;
}

/** Undefined if somebody else changed the tree, or stopped the log. */
async function takeOverStep(
  { db }: Context,
  { copy, head }: { copy: LogCopy; head: CopiedHead },
): Promise<Taken | undefined> {
  const appendable = await readAppendable(db, LIMITS);
  const { size, stopped_reason: stoppedReason } = appendable.state ?? NEW_STATE;
  if (stoppedReason !== null || size >= head.size) return undefined;
  const end = Math.min(head.size, (Math.floor(size / TILE_WIDTH) + STEP_BUNDLES) * TILE_WIDTH);
  const copied = await readCopiedEntries(copy, head, { start: size, end });
  const { events } = appendable;
  const entries = isFull(events) ? copied.filter(({ eventId }) => eventId <= (events.at(-1)?.id ?? 0)) : copied;
  const known = requireSameEvents(entries, events);
  const append = planAppend(appendable, entries);
  await requireBeginning(append, { copy, head });
  const isMine = await insertAppend(db, append);
  return isMine ? { size: append.after.size, entries: entries.length, lostEvents: entries.length - known } : undefined;
}

/**
 * Each event in D1 up to the last of these entries has its entry. Returns how many there are.
 * @throws ContradictoryCopy if one has another entry, or none: an entry can only be added at the end
 */
function requireSameEvents(entries: readonly LogEntry[], events: readonly OpenableEvent[]): number {
  const lastId = entries.at(-1)?.eventId ?? Infinity;
  const commitments = new Map(entries.map(({ eventId, commitment }) => [eventId, commitment]));
  const covered = events.filter(({ id }) => id <= lastId);
  for (const { id, opening, json } of covered) {
    const commitment = commitments.get(id);
    if (commitment === undefined)
      throw new ContradictoryCopy(`The copy in the bucket lacks event ${id}, which is in D1.`);
    if (opening !== null && commitmentOf(opening, json).toHex() !== commitment.toHex()) {
      throw new ContradictoryCopy(`Event ${id} in D1 is not the event ${id} of the copy in the bucket.`);
    }
  }
  return covered.length;
}

async function requireBeginning({ after }: Append, { copy, head }: { copy: LogCopy; head: CopiedHead }): Promise<void> {
  if (await isExtension(storedHead(after), head, copiedTiles(copy))) return;
  throw new ContradictoryCopy(
    `The entries in the bucket up to index ${after.size - 1} are not those of its checkpoint of ${head.size} entries.`,
  );
}

/** Whether more events may follow those that were read. */
function isFull(events: readonly OpenableEvent[]): boolean {
  const bytes = events.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0);
  return events.length === LIMITS.events || bytes >= LIMITS.bytes;
}
