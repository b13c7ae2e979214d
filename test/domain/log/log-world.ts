import { createHash } from "node:crypto";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { newLogKey } from "../../../scripts/new-log-key.ts";
import { contextFor, type Context } from "../../../src/context.ts";
import { advanceLog } from "../../../src/domain/log/advance-log.ts";
import { readTiles } from "../../../src/domain/log/read-tiles.ts";
import { recordEvents } from "../../../src/domain/events/record-events.ts";
import { LogHintPace } from "../../../src/domain/hint-log.ts";
import { NewEvent } from "../../../src/schemas/event.ts";
import type { LogState } from "../../../src/store/log/log-state.ts";
import { parseCheckpoint, type Checkpoint } from "../../../src/tlog/checkpoint.ts";
import { decodeBundle } from "../../../src/tlog/entry-bundle.ts";
import { parseVerifierKey } from "../../../src/tlog/note-key.ts";
import { isSignedBy, parseNote } from "../../../src/tlog/signed-note.ts";
import { tileInTree, tilePath, type Tile } from "../../../src/tlog/tile.ts";
import { forgetEverything } from "../../support/tables.ts";
import { ReferenceTree } from "../../tlog/reference-tree.ts";

export const KEY = newLogKey("log.example/one");
/** When a log's world begins: milliseconds since 1970. */
export const START = Date.UTC(2026, 10, 29, 2, 5, 17, 488);

/** Real D1 and the real verbs; the clock and the queue are in the test's hands. */
export async function aLog(vars: Partial<Env> = { LOG_KEY: KEY.privateKey }) {
  await forgetEverything();
  await env.DB.prepare("DELETE FROM sqlite_sequence").run();
  const background: Promise<unknown>[] = [];
  const pace = new LogHintPace();
  const log = {
    now: START,
    lines: [] as Parameters<Context["log"]>[0][],
    /** The delays of the hints that were sent. */
    hints: [] as number[],
    context: (more: Partial<Context> = {}): Context => ({
      ...contextFor({ ...env, ...vars, ...log.vars }, { waitUntil: (work) => void background.push(work) }),
      now: () => log.now,
      logHintPace: pace,
      log: (line) => void log.lines.push(line),
      hints: {
        first: () => Promise.resolve(),
        retry: () => Promise.resolve(),
        release: () => Promise.resolve(),
        log: async (delaySeconds) => void log.hints.push(delaySeconds),
      },
      ...more,
    }),
    vars: {} as Partial<Env>,
    record: async (...events: object[]) => {
      await recordEvents(
        log.context(),
        events.map((event) => NewEvent.parse({ type: "ADD_BUILD", ...event })),
      );
      await Promise.all(background);
    },
    advance: (more: Partial<Context> = {}) => advanceLog(log.context(more)),
    /** Waits for what was left to the background. */
    settle: () => Promise.all(background),
    /** What advancing costs. */
    costOf: async (work: (context: Context) => Promise<unknown>) => {
      const context = log.context();
      await work(context);
      const { queries, rowsRead, rowsWritten } = context.usage;
      return { queries, rowsRead, rowsWritten };
    },
  };
  return log;
}

/** Events as they might have been recorded long ago, faster than by recording them; `json` is SQL that makes their text. */
export async function insertHistory(count: number, json = `'{"id":"' || id || '"}'`): Promise<void> {
  await env.DB.prepare(
    `WITH RECURSIVE ids (id, last) AS (
      SELECT seq + 1, seq + ?1 FROM (SELECT coalesce(max(seq), 0) AS seq FROM sqlite_sequence WHERE name = 'events')
      UNION ALL SELECT id + 1, last FROM ids WHERE id < last
    ) INSERT INTO events (id, type, timestamp, recorded_at, opening, json)
    SELECT id, 'ADD_BUILD', '1', ${START} + id % 100, randomblob(32), ${json} FROM ids`,
  )
    .bind(count)
    .run();
}

/** From now on IDs continue after this one. */
export async function jumpTo(id: number): Promise<void> {
  await env.DB.prepare("UPDATE sqlite_sequence SET seq = ?1 WHERE name = 'events'").bind(id).run();
}

export async function stateOf(): Promise<LogState | null> {
  return env.DB.prepare("SELECT * FROM log_state").first<LogState>();
}

/** The entries that the events in D1 should have, by the contract's own words. Of an erased event, undefined. */
export async function expectedEntries(): Promise<{ id: number; bytes: Uint8Array | undefined }[]> {
  const { results } = await env.DB.prepare(
    "SELECT id, recorded_at, hex(opening) AS opening, json FROM events ORDER BY id",
  ).all<{ id: number; recorded_at: number; opening: string; json: string }>();
  return results.map(({ id, recorded_at, opening, json }) => {
    const hash = createHash("sha256").update(Buffer.from(opening, "hex")).update(json).digest("base64");
    const text = `tidings/event/v1\n${id}\n${new Date(recorded_at).toISOString()}\n${hash}\n`;
    return { id, bytes: opening === "" ? undefined : new TextEncoder().encode(text) };
  });
}

/** All entries of D1's tree, from its bundles. */
export async function loggedEntries(): Promise<Uint8Array[]> {
  const size = (await stateOf())?.size ?? 0;
  const tiles = tilesOf("entries", size);
  const found = await readTiles((await aReadingContext()).db, tiles);
  return tiles.flatMap((tile) => decodeBundle(found.get(tilePath(tile)) ?? new Uint8Array()));
}

/** Each event is an entry, once, in order; the tree over them is the reference's, with every tile; the checkpoint is its head. */
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

/** @throws if the note is no checkpoint, or is not signed by this key */
export async function verified(checkpoint: string, publicKey: string): Promise<Checkpoint> {
  const [note, key] = [parseNote(checkpoint), parseVerifierKey(publicKey)];
  const parsed = note && parseCheckpoint(note.text);
  if (note === undefined || key === undefined || parsed === undefined) throw new Error(`no checkpoint: ${checkpoint}`);
  if (!(await isSignedBy(note, key)) || parsed.origin !== key.name) throw new Error(`not signed by ${publicKey}`);
  return parsed;
}

async function expectTiles(tree: ReferenceTree, size: number): Promise<void> {
  const tiles = [0, 1, 2].flatMap((level) => tilesOf(level, size));
  const found = await readTiles((await aReadingContext()).db, tiles);
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

async function aReadingContext(): Promise<Context> {
  return contextFor(env, { waitUntil: () => {} });
}
