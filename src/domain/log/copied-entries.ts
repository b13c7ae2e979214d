import type { LogCopy } from "../../bucket/log-copy.ts";
import { decodeBundle } from "../../tlog/entry-bundle.ts";
import type { EntryRange } from "../../tlog/subtree.ts";
import { TILE_WIDTH, tileInTree, tilePath, type Tile } from "../../tlog/tile.ts";
import { verifyInclusion, type TreeHead } from "../../tlog/verify-proof.ts";
import { ContradictoryCopy, copiedTiles } from "./copied-head.ts";
import { entryHash, parseEntry, type LogEntry } from "./log-entry.ts";
import { proveInclusion } from "./tree-proofs.ts";

/**
 * Reads entries of the copy's tree, at most 2,816 at a time. The entries are not verified.
 * @throws ContradictoryCopy if a bundle is missing or damaged
 */
export async function readCopiedEntries(
  copy: LogCopy,
  head: TreeHead,
  { start, end }: EntryRange,
): Promise<LogEntry[]> {
  const first = Math.floor(start / TILE_WIDTH);
  const bundles = Array.from({ length: Math.ceil(end / TILE_WIDTH) - first }, (_, place) =>
    tileInTree("entries", first + place, head.size),
  ).filter((tile) => tile !== undefined);
  const found = await copiedTiles(copy)(bundles);
  const entries = bundles.flatMap((bundle) => parseBundle(bundle, found.get(tilePath(bundle))));
  return entries.slice(start - first * TILE_WIDTH, end - first * TILE_WIDTH);
}

/**
 * Returns the highest event ID in the copy, which is the ID of the last entry. The last entry is verified. For an empty
 * copy, returns 0.
 * @throws ContradictoryCopy if the copy is damaged
 */
export async function lastCopiedEventId(copy: LogCopy, head: TreeHead): Promise<number> {
  if (head.size === 0) return 0;
  const index = head.size - 1;
  const [entry] = await readCopiedEntries(copy, head, { start: index, end: head.size });
  if (entry === undefined) throw damaged(head.size);
  const proof = await proveInclusion(index, head.size, copiedTiles(copy)).catch((error: unknown) => {
    throw error instanceof RangeError ? damaged(head.size) : error;
  });
  if (!verifyInclusion(entryHash(entry), index, head, proof)) throw damaged(head.size);
  return entry.eventId;
}

function parseBundle(bundle: Tile, bytes: Uint8Array = new Uint8Array()): LogEntry[] {
  // If the bundle was partial when the checkpoint was signed, the bytes may be those of the full bundle.
  const entries = decode(bytes).slice(0, bundle.width).map(parseEntry);
  const known = entries.filter((entry) => entry !== undefined);
  if (known.length === bundle.width) return known;
  throw new ContradictoryCopy(`The object log/${tilePath(bundle)} in the bucket is damaged.`);
}

function decode(bytes: Uint8Array): Uint8Array[] {
  try {
    return decodeBundle(bytes);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function damaged(size: number): ContradictoryCopy {
  return new ContradictoryCopy(`The tiles in the bucket are not those of its checkpoint of ${size} entries.`);
}
