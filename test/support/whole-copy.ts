import { decodeBundle } from "../../src/tlog/entry-bundle.ts";
import type { Checkpoint } from "../../src/tlog/checkpoint.ts";
import { tileInTree, tilePath, type Tile } from "../../src/tlog/tile.ts";
import { ReferenceTree } from "../tlog/reference-tree.ts";
import { everythingInBucket } from "./bucket.ts";
import { KEY, verified } from "./log.ts";

/**
 * Reads and verifies the copy like somebody who has only the bucket.
 * @throws if the checkpoint is not signed, or if a tile or bundle of its tree is missing or wrong
 */
export async function readWholeCopy(publicKey = KEY.publicKey): Promise<{ head: Checkpoint; entries: Uint8Array[] }> {
  const objects = await everythingInBucket();
  const head = await verified(new TextDecoder().decode(objects.get("log/checkpoint")), publicKey);
  const bytesOf = (tile: Tile): Uint8Array => {
    const bytes = objects.get(`log/${tilePath(tile)}`);
    if (bytes === undefined) throw new Error(`the copy of ${head.size} entries lacks ${tilePath(tile)}`);
    return bytes;
  };
  const entries = tilesOf("entries", head.size).flatMap((tile) => decodeBundle(bytesOf(tile)));
  const tree = new ReferenceTree(entries);
  const root = tree.hash({ start: 0, end: entries.length });
  if (entries.length !== head.size || root.toBase64() !== head.root.toBase64()) {
    throw new Error(`the copy's ${entries.length} entries are not those of its checkpoint of ${head.size}`);
  }
  for (let level = 0; 256 ** level <= head.size; level++) {
    for (const tile of tilesOf(level, head.size)) {
      const hashes = Array.from({ length: tile.width }, (_, place) => {
        const start = (tile.index * 256 + place) * 256 ** level;
        return tree.hash({ start, end: start + 256 ** level });
      });
      if (!Buffer.concat(hashes).equals(bytesOf(tile))) throw new Error(`the copy's ${tilePath(tile)} is wrong`);
    }
  }
  return { head, entries };
}

export function idOf(entry: Uint8Array): number {
  return Number(new TextDecoder().decode(entry).split("\n")[1]);
}

function tilesOf(level: Tile["level"], size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let index = 0; ; index++) {
    const tile = tileInTree(level, index, size);
    if (tile === undefined) return tiles;
    tiles.push(tile);
  }
}
