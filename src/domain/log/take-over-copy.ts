import type { LogCopy } from "../../bucket/log-copy.ts";
import type { Context } from "../../context.ts";
import { insertAppend, type Append } from "../../store/log/append-entries.ts";
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
import { readUnlogged } from "./unlogged-events.ts";

const STEP_BUNDLES = 10;
/**
 * The maximum number of steps in an invocation. These steps read about 80 bundles with 20,480 entries, and the tiles of
 * the proofs. An invocation may make 1,000 requests.
 */
const MAX_STEPS = 8;
/** After this time, another invocation continues. */
const MAX_MS = 20_000;

/**
 * Takes over the copy. The copy is larger than D1's tree, so D1 was restored to an earlier time. First raises the IDs.
 * Then appends the entries that only the copy has, in steps of one read and one transaction each. Before a step is
 * stored, a proof must show that the copy's tree begins with the new tree. Returns true if D1 has all entries of the
 * copy now.
 * @throws ContradictoryCopy if the copy is damaged, or cannot be a copy of the log in D1
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
  /** The size of D1's tree. */
  size: number;
  entries: number;
  /** The number of entries whose events are not in D1 any more. */
  lostEvents: number;
}

/**
 * Takes over the entries of one step. Returns undefined if another invocation changed the tree, or if the log is
 * stopped.
 */
async function takeOverStep(
  context: Context,
  { copy, head }: { copy: LogCopy; head: CopiedHead },
): Promise<Taken | undefined> {
  const unlogged = await readUnlogged(context);
  const { size, stopped_reason: stoppedReason } = unlogged.state ?? NEW_STATE;
  if (stoppedReason !== null || size >= head.size) return undefined;
  const end = Math.min(head.size, (Math.floor(size / TILE_WIDTH) + STEP_BUNDLES) * TILE_WIDTH);
  const copied = await readCopiedEntries(copy, head, { start: size, end });
  const { events, isMore } = unlogged;
  const entries = isMore ? copied.filter(({ eventId }) => eventId <= (events.at(-1)?.id ?? 0)) : copied;
  const known = requireSameEvents(entries, events);
  const append = planAppend(unlogged, entries);
  await requireBeginning(append, { copy, head });
  const isMine = await insertAppend(context.db, append);
  return isMine ? { size: append.after.size, entries: entries.length, lostEvents: entries.length - known } : undefined;
}

/**
 * Checks that each event in D1, up to the event of the last entry, has its entry. Returns the number of these events.
 * @throws ContradictoryCopy if an event has another entry, or no entry, because entries can only be added at the end
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
