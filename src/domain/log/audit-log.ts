import type { Context } from "../../context.ts";
import { bundlesQuery, type BundleRow } from "../../store/log/bundle-rows.ts";
import { findLogState, markAudited } from "../../store/log/log-state.ts";
import { tilesQuery, type TileRow } from "../../store/log/tile-rows.ts";
import { runBatch } from "../../store/query.ts";
import { tileInTree, TILE_WIDTH } from "../../tlog/tile.ts";
import type { Reading } from "../archive/reading.ts";
import { auditEvents } from "./audit-events.ts";
import { unpackEntries } from "./bundle-entries.ts";
import { compareWithTiles, tilesAbove, type Mismatch } from "./find-mismatches.ts";
import type { LogEntry } from "./log-entry.ts";

/**
 * The maximum number of sweeps in a round through the whole log. Sweeps run every minute, so a round takes at most 28
 * days.
 */
const SWEEPS_A_ROUND = 40_000;

/**
 * Compares the next part of the log with the events, so that silent damage in D1 or in the archive is found even if
 * nobody outside verifies the log. A sweep audits one bundle of 256 entries. In a log of more than 10 million entries, a sweep audits
 * several bundles.
 */
export async function auditLog(context: Context): Promise<void> {
  const { db, config, log } = context;
  const state = config.logKey === undefined ? undefined : await findLogState(db);
  if (state === undefined || state.size === 0) return;
  const bundles = Math.ceil(state.size / TILE_WIDTH);
  let number = Math.floor(state.audited_size / TILE_WIDTH) % bundles;
  const mismatches: Mismatch[] = [];
  for (let left = Math.ceil(bundles / SWEEPS_A_ROUND); left > 0; left--) {
    mismatches.push(...(await auditBundle(context, number, state.size)));
    number = (number + 1) % bundles;
  }
  const [first] = mismatches;
  if (first !== undefined) {
    const { event: event_id, index, reason } = first;
    log({ event: "log_mismatch", event_id, index, reason, mismatches: mismatches.length });
  }
  await markAudited(db, number * TILE_WIDTH);
}

async function auditBundle(reading: Reading, number: number, size: number): Promise<Mismatch[]> {
  const { db } = reading;
  const [[bundle], tiles] = await runBatch<[BundleRow[], TileRow[]]>(
    db,
    bundlesQuery(db, [number]),
    tilesQuery(db, tilesAbove(number)),
  );
  const entries = bundle === undefined ? [] : entriesOf(bundle);
  const expected = Math.max(tileInTree("entries", number, size)?.width ?? 0, 1);
  if (entries.length < expected) {
    return [{ index: number * TILE_WIDTH + entries.length, reason: "The entries from here on cannot be read." }];
  }
  return [...(await auditEvents(reading, number, entries)), ...compareWithTiles({ number }, entries, tiles)];
}

/** Returns the entries of a bundle. Returns no entries if the bundle is damaged. */
function entriesOf(bundle: BundleRow): LogEntry[] {
  try {
    return unpackEntries(bundle);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
