import { BUNDLE_EVENTS } from "../../segments/manifest.ts";
import { parseEventFacts } from "../../schemas/event-json.ts";
import { readAppendable, type Appendable } from "../../store/log/append-entries.ts";
import type { OpenableEvent } from "../../store/log/openable-events.ts";
import { groupByBundle, readWholeBundle, type ArchivedEvent } from "../archive/archived-bundles.ts";
import type { Reading } from "../archive/reading.ts";

/** The limits for the events of one step, which are all in memory. */
const LIMITS = { events: 2_500, bytes: 4_000_000 };

/** Everything that an append needs to know. */
export interface Unlogged extends Pick<Appendable, "state" | "edge" | "events"> {
  /** True if there may be more events after these events. */
  isMore: boolean;
}

/**
 * Reads everything that an append needs, and the oldest events that have no entry yet, up to `LIMITS`. If they are in the
 * archive, reads them from there. The events of D1 follow in a later step.
 * @throws AppError `unavailable`
 */
export async function readUnlogged(reading: Reading): Promise<Unlogged> {
  const { archived, events, ...appendable } = await readAppendable(reading.db, LIMITS);
  if (archived === undefined) return { ...appendable, events, isMore: isFull(events) };
  return { ...appendable, events: await readUnloggedOfSegment(reading, archived), isMore: true };
}

async function readUnloggedOfSegment(
  reading: Reading,
  { segment, after }: NonNullable<Appendable["archived"]>,
): Promise<OpenableEvent[]> {
  const [next] = groupByBundle([{ id: after + 1, segment }]);
  const events: OpenableEvent[] = [];
  for (let bundle = next?.bundle ?? 0; bundle * BUNDLE_EVENTS < segment.events && !isFull(events); bundle++) {
    const read = await readWholeBundle(reading, segment, bundle);
    events.push(...read.filter(({ id }) => id > after).map(toOpenable));
  }
  return events;
}

/** Converts an event of the archive. Its JSON says when it was recorded. */
export function toOpenable({ id, json, opening }: ArchivedEvent): OpenableEvent {
  return {
    id,
    json,
    recorded_at: Date.parse(parseEventFacts(json).recorded_at),
    opening: opening === "" ? null : Uint8Array.fromHex(opening),
  };
}

function isFull(events: readonly OpenableEvent[]): boolean {
  const bytes = events.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0);
  return events.length >= LIMITS.events || bytes >= LIMITS.bytes;
}
