import { sha256 } from "../../lib/crypto.ts";
import { decompress } from "../../segments/compression.ts";
import { BUNDLE_EVENTS, type Manifest } from "../../segments/manifest.ts";
import { bundleKey, bundleName } from "../../segments/object-names.ts";
import { parseHeads, type LineHead } from "../../segments/opened-lines.ts";
import type { Move } from "../../store/archive/move-row.ts";
import { NotAsWritten, type Mover } from "./mover.ts";

/** What the bundles in the bucket hold. */
export interface WrittenEvents {
  /** In ascending order. */
  ids: number[];
  erased: number;
  /** The index of the first event's entry in the log. Null: no line has an index. */
  firstIndex: number | null;
  objects: Manifest["objects"];
}

/**
 * Reads all bundles of the segment from the bucket, one after another.
 * @throws NotAsWritten if a bundle is missing, or does not have the events that it should have
 */
export async function readBackBundles(mover: Mover, move: Move): Promise<WrittenEvents> {
  const heads: LineHead[] = [];
  const objects: Manifest["objects"] = {};
  for (let number = 0; number * BUNDLE_EVENTS < move.events; number++) {
    const key = bundleKey({ first: move.first_event_id, last: move.last_event_id }, number);
    const content = await readContent(mover, key);
    objects[bundleName(number)] = describeContent(content);
    heads.push(...requireHeads(key, content, Math.min(BUNDLE_EVENTS, move.events - number * BUNDLE_EVENTS)));
  }
  requireOneOrder(move, heads);
  const ids = heads.map(({ id }) => id);
  return { ids, erased: heads.filter(({ isErased }) => isErased).length, firstIndex: heads[0]?.index ?? null, objects };
}

/**
 * Reads an object whose name ends in `.gz`.
 * @throws NotAsWritten if the object is missing or damaged
 */
async function readContent({ archive }: Mover, key: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await archive.find(key);
  if (bytes === undefined) throw new NotAsWritten(key, "The object is missing.");
  return asWritten(key, () => decompress(bytes));
}

/** @throws NotAsWritten if the object is damaged */
export function asWritten<Result>(key: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new NotAsWritten(key, error.message);
    throw error;
  }
}

export function describeContent(content: Uint8Array): Manifest["objects"][string] {
  return { bytes: content.byteLength, sha256: sha256(content, "hex") };
}

function requireHeads(key: string, content: Uint8Array, events: number): LineHead[] {
  const heads = asWritten(key, () => parseHeads(content));
  if (heads.length !== events) throw new NotAsWritten(key, `The bundle has ${heads.length} events.`);
  return heads;
}

/** The events must be those of the segment, in ascending order. Either all lines have an index, or none has one. */
function requireOneOrder(move: Move, heads: readonly LineHead[]): void {
  const [first, last] = [heads[0], heads.at(-1)];
  const key = bundleKey({ first: move.first_event_id, last: move.last_event_id }, 0);
  const isSound =
    first?.id === move.first_event_id &&
    last?.id === move.last_event_id &&
    heads.every(({ id, index }, place) => {
      const before = heads[place - 1];
      const expected = first.index === null ? null : first.index + place;
      return (before === undefined || id > before.id) && index === expected;
    });
  if (!isSound) throw new NotAsWritten(key, "The bundles do not have the events of the segment in order.");
}
