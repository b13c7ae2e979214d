import { createHash } from "node:crypto";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { newLogKey } from "../../scripts/new-log-key.ts";
import { contextFor } from "../../src/context.ts";
import { readTiles } from "../../src/domain/log/read-tiles.ts";
import type { LogState } from "../../src/store/log/log-state.ts";
import { parseCheckpoint, type Checkpoint } from "../../src/tlog/checkpoint.ts";
import { decodeBundle } from "../../src/tlog/entry-bundle.ts";
import { parseVerifierKey } from "../../src/tlog/note-key.ts";
import { isSignedBy, parseNote } from "../../src/tlog/signed-note.ts";
import { tileInTree, tilePath, type Tile } from "../../src/tlog/tile.ts";
import { ReferenceTree } from "../tlog/reference-tree.ts";

export const KEY = newLogKey("log.example/one");

export async function stateOf(): Promise<LogState | null> {
  return env.DB.prepare("SELECT * FROM log_state").first<LogState>();
}

/**
 * Returns the entries that the events of a table must have, by the documented format. The bytes are undefined for an
 * erased event.
 */
export async function expectedEntries(table = "events"): Promise<{ id: number; bytes: Uint8Array | undefined }[]> {
  const { results } = await env.DB.prepare(
    `SELECT id, recorded_at, hex(opening) AS opening, json FROM ${table} ORDER BY id`,
  ).all<{ id: number; recorded_at: number; opening: string; json: string }>();
  return results.map(({ id, recorded_at, opening, json }) => {
    const hash = createHash("sha256").update(Buffer.from(opening, "hex")).update(json).digest("base64");
    const text = `tidings/event/v1\n${id}\n${new Date(recorded_at).toISOString()}\n${hash}\n`;
    return { id, bytes: opening === "" ? undefined : new TextEncoder().encode(text) };
  });
}

/** Returns all entries of the log in D1, read from its bundles. */
export async function loggedEntries(): Promise<Uint8Array[]> {
  const size = (await stateOf())?.size ?? 0;
  const tiles = tilesOf("entries", size);
  const found = await readTiles(aReadingContext().db, tiles);
  return tiles.flatMap((tile) => decodeBundle(found.get(tilePath(tile)) ?? new Uint8Array()));
}

/**
 * Checks that each event has one entry, in order. Also checks that all tiles and the root equal those of the reference
 * tree, and that the checkpoint has this root.
 */
export async function expectWholeLog(publicKey = KEY.publicKey): Promise<Checkpoint> {
  const [expected, entries, state] = [await expectedEntries(), await loggedEntries(), await stateOf()];
  expect(entries.map(idOf)).toEqual(expected.map(({ id }) => id));
  for (const [index, { bytes }] of expected.entries()) {
    if (bytes !== undefined) expect(entries[index], `entry ${index}`).toEqual(bytes);
  }
  expect(state?.size).toBe(entries.length);
  const tree = new ReferenceTree(entries);
  await expectTiles(tree, entries.length);
  const checkpoint = await verified(state?.checkpoint ?? "", publicKey);
  expect(checkpoint.size).toBe(entries.length);
  expect(checkpoint.root).toEqual(new Uint8Array(tree.hash({ start: 0, end: entries.length })));
  expect(state?.root).toBe(checkpoint.root.toBase64());
  return checkpoint;
}

/**
 * Parses a checkpoint and verifies its signature.
 * @throws if the note is not a checkpoint, or is not signed by this key
 */
export async function verified(checkpoint: string, publicKey: string): Promise<Checkpoint> {
  const [note, key] = [parseNote(checkpoint), parseVerifierKey(publicKey)];
  const parsed = note && parseCheckpoint(note.text);
  if (note === undefined || key === undefined || parsed === undefined) throw new Error(`no checkpoint: ${checkpoint}`);
  if (!(await isSignedBy(note, key)) || parsed.origin !== key.name) throw new Error(`not signed by ${publicKey}`);
  return parsed;
}

async function expectTiles(tree: ReferenceTree, size: number): Promise<void> {
  const tiles = [0, 1, 2].flatMap((level) => tilesOf(level, size));
  const found = await readTiles(aReadingContext().db, tiles);
  for (const tile of tiles) {
    const span = 256 ** Number(tile.level);
    const hashes = Array.from({ length: tile.width }, (_, place) => {
      const start = (tile.index * 256 + place) * span;
      return tree.hash({ start, end: start + span });
    });
    expect(Buffer.from(found.get(tilePath(tile)) ?? []).equals(Buffer.concat(hashes)), tilePath(tile)).toBe(true);
  }
}

function tilesOf(level: Tile["level"], size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let index = 0; ; index++) {
    const tile = tileInTree(level, index, size);
    if (tile === undefined) return tiles;
    tiles.push(tile);
  }
}

function idOf(entry: Uint8Array): number {
  return Number(new TextDecoder().decode(entry).split("\n")[1]);
}

function aReadingContext() {
  return contextFor(env, { waitUntil: () => {} });
}
