import type { Append, Appendable } from "../../store/log/append-entries.ts";
import type { LogRun } from "../../store/log/log-runs.ts";
import type { LogState, StoredTree } from "../../store/log/log-state.ts";
import type { TileRow } from "../../store/log/tile-rows.ts";
import { appendLeaves, edgeRoot, type GrownTree, type TreeEdge } from "../../tlog/append-leaves.ts";
import { toBase64 } from "../../tlog/base64.ts";
import { concatHashes, EMPTY_ROOT, HASH_BYTES, type Hash } from "../../tlog/merkle-hash.ts";
import { levelWidth, TILE_WIDTH, type Tile } from "../../tlog/tile.ts";
import { packEntries, unpackEntries } from "./bundle-entries.ts";
import { entryHash, type LogEntry } from "./log-entry.ts";

export const EMPTY_TREE: StoredTree = { size: 0, root: toBase64(EMPTY_ROOT) };

/** The state of a log that has no row in `log_state` yet. */
export const NEW_STATE: LogState = {
  ...EMPTY_TREE,
  last_event_id: 0,
  checkpoint: null,
  checkpoint_size: 0,
  checkpoint_at: null,
  copied_size: 0,
  stopped_reason: null,
  audited_size: 0,
};

/** The rows in D1 do not form the tree that `log_state` names. Nothing may be appended to such a tree. */
export class DamagedTree extends Error {}

/**
 * Computes how the tree changes with these entries. Their IDs must be in ascending order, and above the ID of the
 * tree's last entry.
 * @throws DamagedTree if the tree's right edge does not have the stored root
 */
export function planAppend({ state, edge }: Pick<Appendable, "state" | "edge">, entries: readonly LogEntry[]): Append {
  const { size, root } = state ?? EMPTY_TREE;
  const lastEventId = state?.last_event_id ?? 0;
  const partial = requireRoot(root, () => {
    const inBundle = edge.bundle === undefined ? [] : unpackEntries(edge.bundle);
    const tree = toEdge(size, inBundle.map(entryHash), edge.tiles);
    return { inBundle, tree, root: toBase64(edgeRoot(tree)) };
  });
  const grown = appendLeaves(partial.tree, entries.map(entryHash));
  return {
    before: { size, root },
    after: { size: grown.size, root: toBase64(grown.root), last_event_id: entries.at(-1)?.eventId ?? lastEventId },
    bundles: toBundles(size - partial.inBundle.length, [...partial.inBundle, ...entries]),
    tiles: toTileRows(grown, partial.tree),
    runs: newRuns(entries, size, lastEventId),
  };
}

function requireRoot<Edge extends { root: string }>(root: string, read: () => Edge): Edge {
  try {
    const edge = read();
    if (edge.root === root) return edge;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new DamagedTree("The entries and tiles in D1 do not have the root that was stored with them.");
}

/** Returns the right edge of the tree: for each level, the last tile if it is partial. */
function toEdge(size: number, leaves: readonly Hash[], tiles: readonly TileRow[]): TreeEdge {
  const rows = [{ level: 0, number: Math.floor(size / TILE_WIDTH), hashes: concatHashes(leaves) }, ...tiles];
  const partial = rows
    .filter(({ level }) => levelWidth(level, size) % TILE_WIDTH > 0)
    .map(({ level, number, hashes }) => ({ level, index: number, width: hashes.length / HASH_BYTES, hashes }));
  return { size, partial };
}

/** Packs entries into bundles. `first` is the index of the first entry, which must be the first entry of a bundle. */
function toBundles(first: number, entries: readonly LogEntry[]): Append["bundles"] {
  return Array.from({ length: Math.ceil(entries.length / TILE_WIDTH) }, (_, place) => ({
    number: first / TILE_WIDTH + place,
    entries: packEntries(entries.slice(place * TILE_WIDTH, (place + 1) * TILE_WIDTH)),
  }));
}

/**
 * Returns the tiles that are new or have grown. The tiles of level 0 are not stored, because their hashes are the
 * hashes of the entries in the bundles.
 */
function toTileRows({ full, partial }: GrownTree, before: TreeEdge): TileRow[] {
  return [...full, ...partial]
    .filter((tile) => tile.level > 0 && !before.partial.some((old) => isSameTile(old, tile)))
    .map(({ level, index, hashes }) => ({ level, number: index, hashes }));
}

function isSameTile(one: Tile, other: Tile): boolean {
  return one.level === other.level && one.index === other.index && one.width === other.width;
}

/**
 * Returns the runs that begin in these entries. A run begins at the first entry of the log, and at each entry whose ID
 * is not the previous ID plus one.
 */
function newRuns(entries: readonly LogEntry[], size: number, lastEventId: number): LogRun[] {
  return entries.flatMap(({ eventId }, place) => {
    const index = size + place;
    const before = entries[place - 1]?.eventId ?? lastEventId;
    return index > 0 && eventId === before + 1 ? [] : [{ first_event_id: eventId, first_index: index }];
  });
}
