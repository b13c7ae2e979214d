import type { ArchiveBucket } from "../../bucket/archive-objects.ts";
import { writeJson } from "../../lib/json-writer.ts";
import { compress, decompress } from "../../segments/compression.ts";
import { writeLines } from "../../segments/json-lines.ts";
import { BUNDLE_EVENTS, parseManifest, type Manifest } from "../../segments/manifest.ts";
import { bundleKey, bundleName, manifestKey, type SegmentRange } from "../../segments/object-names.ts";
import { parseBundle, writeOpenedLine, type BundleLine } from "../../segments/opened-lines.ts";
import { positionOf } from "../../segments/runs.ts";
import { atObject } from "./archived-segments.ts";
import { describeContent } from "./read-back.ts";

/**
 * The fields that can be removed besides `username` and `data`, which are always removed. All other fields stay, but
 * `inventory_namespace`, which is a copy, goes with `inventory_project`.
 */
export const REMOVABLE_FIELDS = [
  "inventory_project",
  "inventory_application",
  "inventory_version",
  "state_project",
  "state_environment",
  "state_deployment",
];

/**
 * Destroys the opening of an archived event, and removes the event's user, data and `fields`. Returns the number of
 * objects that had the event. May be repeated after a failure.
 * @throws Error that names the object, if it is missing or damaged.
 */
export async function eraseArchivedEvent(
  archive: ArchiveBucket,
  id: number,
  fields: readonly string[],
): Promise<number> {
  let bundles = 0;
  for (const range of await archive.listSegments()) {
    if (id < range.first || id > range.last) continue;
    const key = manifestKey(range);
    const content = await archive.find(key);
    if (content === undefined)
      throw new Error(`${key} is missing, because the segment is being moved. Try again later.`);
    const manifest = atObject(key, () => parseManifest(content));
    const position = positionOf(manifest.runs, manifest.events, id);
    if (position === undefined) continue;
    await eraseInBundle(archive, { range, manifest, number: Math.floor(position / BUNDLE_EVENTS) }, id, fields);
    bundles += 1;
  }
  return bundles;
}

interface Bundle {
  range: SegmentRange;
  manifest: Manifest;
  number: number;
}

/** First writes the bundle, and then its digest in the manifest. */
async function eraseInBundle(
  archive: ArchiveBucket,
  { range, manifest, number }: Bundle,
  id: number,
  fields: readonly string[],
): Promise<void> {
  const key = bundleKey(range, number);
  const stored = await archive.find(key);
  if (stored === undefined) throw new Error(`The object ${key} is missing.`);
  const lines = atObject(key, () => parseBundle(decompress(stored)));
  const left = lines.map((line) => (line.id === id ? erased(line, fields) : line));
  const content = new TextEncoder().encode(left.map(writeOpenedLine).join(""));
  await replace(archive, key, compress(content));
  const wasErased = lines.find((line) => line.id === id)?.opening === "";
  const objects = { ...manifest.objects, [bundleName(number)]: describeContent(content) };
  await replace(
    archive,
    manifestKey(range),
    writeLines([{ ...manifest, erased: manifest.erased + (wasErased ? 0 : 1), objects }]),
  );
}

function erased(line: BundleLine, fields: readonly string[]): BundleLine {
  const removed = new Set(["username", "data", ...fields]);
  if (removed.has("inventory_project")) removed.add("inventory_namespace");
  // Numbers are only in `data`, so nothing that is left can lose digits.
  const event = JSON.parse(line.json) as Record<string, unknown>;
  const left = Object.entries(event).filter(([name]) => !removed.has(name));
  return { ...line, opening: "", json: writeJson(Object.fromEntries(left)) };
}

async function replace(archive: ArchiveBucket, key: string, bytes: Uint8Array): Promise<void> {
  const isWritten = await archive.putExact(key, bytes, () => Promise.resolve(true));
  if (!isWritten) throw new Error(`The object ${key} could not be replaced.`);
}
