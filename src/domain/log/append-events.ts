import type { Context } from "../../context.ts";
import { insertAppend } from "../../store/log/append-entries.ts";
import type { OpenableEvent } from "../../store/log/openable-events.ts";
import type { LogState } from "../../store/log/log-state.ts";
import { COMMITMENT_BYTES, commitmentOf, type LogEntry } from "./log-entry.ts";
import { DamagedTree, NEW_STATE, planAppend } from "./plan-append.ts";
import { stopLog } from "./stop-log.ts";
import { readUnlogged } from "./unlogged-events.ts";

/** After this time, another invocation continues. */
const MAX_MS = 20_000;

/** The result of an append. */
export interface Appended {
  state: LogState;
  entries: number;
  /** True if there may be more events without an entry. */
  isMore: boolean;
}

/**
 * Appends the events that have no entry yet, oldest first, in steps of one read and one transaction each. Nothing is
 * signed. If two calls run at the same time, only one of them appends the events of a step.
 */
export async function appendEvents(context: Context, maxSteps: number): Promise<Appended> {
  const deadline = context.now() + MAX_MS;
  let entries = 0;
  for (let step = 1; ; step++) {
    const appended = await appendStep(context);
    entries += appended.entries;
    if (!appended.isMore || step >= maxSteps || context.now() >= deadline) return { ...appended, entries };
  }
}

async function appendStep(context: Context): Promise<Appended> {
  const unlogged = await readUnlogged(context);
  const { state = NEW_STATE, events, isMore } = unlogged;
  if (events.length === 0 || state.stopped_reason !== null) return { state, entries: 0, isMore: false };
  try {
    const entries = events.map((event) => toEntry(context, event));
    const append = planAppend(unlogged, entries);
    const isMine = await insertAppend(context.db, append);
    if (!isMine) return { state, entries: 0, isMore: true };
    return { state: { ...state, ...append.after }, entries: entries.length, isMore };
  } catch (error) {
    if (!(error instanceof DamagedTree)) throw error;
    await stopLog(context, error.message);
    return { state: { ...state, stopped_reason: error.message }, entries: 0, isMore: false };
  }
}

/**
 * Makes the entry of an event. If the event was erased before it had an entry, its commitment is random bytes. Nobody
 * could open the true commitment either. The ID and time are in the log like those of other events.
 */
function toEntry({ randomBytes }: Context, { id, recorded_at, opening, json }: OpenableEvent): LogEntry {
  const commitment = opening === null ? randomBytes(COMMITMENT_BYTES) : commitmentOf(opening, json);
  return { eventId: id, recordedAt: recorded_at, commitment };
}
