import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { openLogCopy } from "../../../src/bucket/log-copy.ts";
import { decodeBundle } from "../../../src/tlog/entry-bundle.ts";
import type { Checkpoint } from "../../../src/tlog/checkpoint.ts";
import { tileInTree, tilePath, type Tile } from "../../../src/tlog/tile.ts";
import { everythingInBucket } from "../../support/bucket.ts";
import { KEY, verified } from "../../support/log.ts";
import { ReferenceTree } from "../../tlog/reference-tree.ts";
import { aLog } from "./log-world.ts";

/** A log with a copy in the real local bucket. */
export function aCopiedLog(vars?: Partial<Env>) {
  return aLog(vars, { copy: openLogCopy(env.ARCHIVE) });
}

/**
 * Verifies the copy as somebody does who has nothing but the bucket: the checkpoint's signature, every tile and bundle of
 * its tree. Returns the entries.
 */
export async function expectWholeCopy(publicKey = KEY.publicKey): Promise<{ head: Checkpoint; entries: Uint8Array[] }> {
  const objects = await everythingInBucket();
  const head = await verified(new TextDecoder().decode(objects.get("log/checkpoint")), publicKey);
  const bytesOf = (tile: Tile): Uint8Array => {
    const bytes = objects.get(`log/${tilePath(tile)}`);
    if (bytes === undefined) throw new Error(`the copy of ${head.size} entries lacks ${tilePath(tile)}`);
    return bytes;
  };
  const entries = tilesOf("entries", head.size).flatMap((tile) => {
    const inTile = decodeBundle(bytesOf(tile));
    expect(inTile, tilePath(tile)).toHaveLength(tile.width);
    return inTile;
  });
  const tree = new ReferenceTree(entries);
  expect(head.root).toEqual(new Uint8Array(tree.hash({ start: 0, end: head.size })));
  for (let level = 0; 256 ** level <= head.size; level++) {
    for (const tile of tilesOf(level, head.size)) {
      const hashes = Array.from({ length: tile.width }, (_, place) => {
        const start = (tile.index * 256 + place) * 256 ** level;
        return tree.hash({ start, end: start + 256 ** level });
      });
      expect(Buffer.from(bytesOf(tile)).equals(Buffer.concat(hashes)), tilePath(tile)).toBe(true);
    }
  }
  return { head, entries };
}

/** For a comparison that people can read. */
export function textsOf(entries: readonly Uint8Array[]): string[] {
  return entries.map((entry) => new TextDecoder().decode(entry));
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
