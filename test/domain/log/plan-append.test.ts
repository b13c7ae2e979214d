import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { unpackEntries } from "../../../src/domain/log/bundle-entries.ts";
import { entryBytes, type LogEntry } from "../../../src/domain/log/log-entry.ts";
import { DamagedTree, NEW_STATE, planAppend } from "../../../src/domain/log/plan-append.ts";
import type { Append, Appendable } from "../../../src/store/log/append-entries.ts";
import type { LogRun } from "../../../src/store/log/log-runs.ts";
import { toBase64 } from "../../../src/tlog/base64.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { ReferenceTree } from "../../tlog/reference-tree.ts";

/** Stores appends in memory like D1 stores them. */
class Stored {
  state = NEW_STATE;
  bundles = new Map<number, Uint8Array<ArrayBuffer>>();
  tiles = new Map<string, Append["tiles"][0]>();
  runs: LogRun[] = [];

  append(entries: LogEntry[]): Append {
    const append = planAppend(this.appendable(), entries);
    this.state = { ...this.state, ...append.after };
    for (const { number, entries: bytes } of append.bundles) this.bundles.set(number, bytes);
    for (const tile of append.tiles) this.tiles.set(`${tile.level} ${tile.number}`, tile);
    this.runs.push(...append.runs);
    return append;
  }

  appendable(): Pick<Appendable, "state" | "edge"> {
    const { size } = this.state;
    const number = Math.floor(size / 256);
    const entries = this.bundles.get(number);
    const tiles = [1, 2, 3]
      .filter((level) => Math.floor(size / 256 ** level) % 256 > 0)
      .map((level) => this.tiles.get(`${level} ${Math.floor(size / 256 ** (level + 1))}`))
      .filter((tile) => tile !== undefined);
    return { state: this.state, edge: { bundle: entries && { number, entries, runs: this.runs }, tiles } };
  }

  entries(): LogEntry[] {
    return [...this.bundles].flatMap(([number, entries]) => unpackEntries({ number, entries, runs: this.runs }));
  }
}

/** Makes `count` entries. The ID of each entry is `jump(place)` above the ID before. */
function someEntries(count: number, afterId = 0, jump = (_place: number) => 1): LogEntry[] {
  let eventId = afterId;
  return Array.from({ length: count }, (_, place) => {
    eventId += jump(place);
    const commitment = new Uint8Array(32).map((_byte, index) => (eventId * 31 + index * 7) % 256);
    return { eventId, recordedAt: Date.UTC(2026, 10, 29) + place, commitment };
  });
}

const rootOf = (entries: LogEntry[]) =>
  toBase64(new ReferenceTree(entries.map(entryBytes)).hash({ start: 0, end: entries.length }));

describe("an append", () => {
  it("in whatever parts makes the tree that the reference makes of all entries, and keeps each entry", () => {
    const parts = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 400 }), (counts, every) => {
        const stored = new Stored();
        const all: LogEntry[] = [];
        for (const count of counts) {
          const added = someEntries(count, all.at(-1)?.eventId, (place) => (place % every === 0 ? 5 : 1));
          all.push(...added);
          const { after } = stored.append(added);
          expect(after).toEqual({ size: all.length, root: rootOf(all), last_event_id: all.at(-1)?.eventId ?? 0 });
        }
        expect(stored.entries()).toEqual(all);
      }),
      { numRuns: propertyRuns() },
    );
  });

  it("writes the last bundle and only the tiles that have grown, and makes no run while IDs follow each other", () => {
    const stored = new Stored();
    const entries = someEntries(70_000);
    expect(stored.append(entries.slice(0, 69_900)).runs).toEqual([{ first_event_id: 1, first_index: 0 }]);
    const { bundles, tiles, runs } = stored.append(entries.slice(69_900));
    expect(bundles.map(({ number }) => number)).toEqual([273]);
    expect(tiles).toEqual([]);
    expect(runs).toEqual([]);
    const crossing = stored.append(someEntries(200, 70_000));
    expect(crossing.bundles.map(({ number }) => number)).toEqual([273, 274]);
    expect(crossing.tiles.map(({ level, number, hashes }) => [level, number, hashes.length / 32])).toEqual([
      [1, 1, 18],
    ]);
  });

  it("begins a run at the first entry, and wherever IDs jump", () => {
    const stored = new Stored();
    const ids = [7, 8, 9, 12, 13, 100];
    const of = (eventIds: number[]) => eventIds.flatMap((eventId) => someEntries(1, eventId - 1));
    expect(stored.append(of(ids.slice(0, 2))).runs).toEqual([{ first_event_id: 7, first_index: 0 }]);
    expect(stored.append(of(ids.slice(2))).runs).toEqual([
      { first_event_id: 12, first_index: 3 },
      { first_event_id: 100, first_index: 5 },
    ]);
    expect(stored.entries().map(({ eventId }) => eventId)).toEqual(ids);
  });

  it("keeps times to the millisecond for ten thousand years", () => {
    const stored = new Stored();
    const times = [0, 1, 2 ** 32 - 1, 2 ** 32, Date.UTC(2026, 10, 29, 2, 5, 17, 488), Date.UTC(9999, 11, 31)];
    stored.append(someEntries(times.length).map((entry, place) => ({ ...entry, recordedAt: times[place] ?? 0 })));
    expect(stored.entries().map(({ recordedAt }) => recordedAt)).toEqual(times);
  });

  it.each<[string, (appendable: Pick<Appendable, "state" | "edge">) => void]>([
    ["an entry differs", ({ edge }) => edge.bundle?.entries.set([1, 2, 3], 38 * 3 + 10)],
    ["an entry is missing", ({ edge }) => edge.bundle && (edge.bundle.entries = edge.bundle.entries.slice(38))],
    ["half an entry is missing", ({ edge }) => edge.bundle && (edge.bundle.entries = edge.bundle.entries.slice(19))],
    ["the bundle is missing", ({ edge }) => (edge.bundle = undefined)],
    ["a run is missing", ({ edge }) => edge.bundle && (edge.bundle.runs = [])],
    ["a run differs", ({ edge }) => edge.bundle && (edge.bundle.runs = [{ first_event_id: 2, first_index: 0 }])],
    ["a tile differs", ({ edge }) => edge.tiles[0]?.hashes.set([1], 40)],
    ["a tile is missing", ({ edge }) => (edge.tiles = [])],
    ["the size differs", ({ state }) => state && (state.size -= 1)],
    ["the root differs", ({ state }) => state && (state.root = NEW_STATE.root)],
  ])("adds nothing to a tree if %s", (_, damage) => {
    const stored = new Stored();
    stored.append(someEntries(1_000));
    const appendable = structuredClone(stored.appendable());
    damage(appendable);
    expect(() => planAppend(appendable, someEntries(1, 1_000))).toThrow(DamagedTree);
  });
});

describe("an entry", () => {
  // Version 1: these bytes never change.
  it("has these bytes", () => {
    const commitment = new Uint8Array(32).map((_, index) => index);
    const entry = { eventId: 4711, recordedAt: Date.UTC(2026, 10, 29, 2, 5, 17, 488), commitment };
    expect(new TextDecoder().decode(entryBytes(entry))).toBe(
      "tidings/event/v1\n4711\n2026-11-29T02:05:17.488Z\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
    );
  });
});
