import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { advanceLog } from "../../../src/domain/log/advance-log.ts";
import { moveHistory } from "../../../src/domain/moving/move-history.ts";
import { bundleKey, feedsKey, manifestKey, postingsKey } from "../../../src/segments/object-names.ts";
import { readArchive, wholeHistory } from "../../support/archive.ts";
import { everythingInBucket } from "../../support/bucket.ts";
import { KEY, stateOf } from "../../support/log.ts";
import { aMovingContext, moveAllHistory, smallSegments } from "../../support/moved-history.ts";
import { forgetEverything } from "../../support/tables.ts";
import { contextOf, counts, recordHistory } from "./moved-world.ts";

beforeEach(forgetEverything);

const LOGGED = { LOG_KEY: KEY.privateKey };
const STEP = { ...smallSegments(512), maxSteps: 1 };

async function inPhase(phase: string): Promise<boolean> {
  return (await env.DB.prepare("SELECT phase FROM archive_move").first("phase")) === phase;
}

async function stepTo(phase: string, bindings: Partial<Env> = {}): Promise<void> {
  while (!(await inPhase(phase))) expect(await moveHistory(aMovingContext(bindings), STEP)).toBe(true);
}

async function advance(): Promise<void> {
  await advanceLog(aMovingContext(LOGGED, { logCopy: undefined }));
}

describe("a move of a history with a log", () => {
  it("keeps the index of each entry", async () => {
    await recordHistory(100);
    await advance();
    const ids = await recordHistory(600);
    await env.DB.prepare("DELETE FROM events WHERE id < ?1").bind(ids[0]).run(); // as if they were moved
    await env.DB.prepare("DELETE FROM feed_entries WHERE event_id < ?1").bind(ids[0]).run();
    await advance();
    await moveAllHistory({ segmentEvents: 512, bindings: LOGGED });
    const [segment] = await readArchive();
    expect(segment?.manifest["log_first_index"]).toBe(100);
    const indexes = segment?.lines.map((line) => Number(/^\{"index":([0-9]+),/.exec(line)?.[1]));
    expect(indexes).toEqual(Array.from({ length: 512 }, (_, position) => 100 + position));
  });

  it("takes only events that a checkpoint covers", async () => {
    await recordHistory(500);
    await advance();
    await recordHistory(300);
    await moveAllHistory({ segmentEvents: 512, bindings: LOGGED });
    expect(await counts()).toMatchObject({ events: 800, archive_segments: 0 });
    await advance();
    await env.DB.prepare("UPDATE log_state SET checkpoint_size = 511").run();
    await moveAllHistory({ segmentEvents: 512, bindings: LOGGED });
    expect(await counts()).toMatchObject({ events: 800 });
    await env.DB.prepare("UPDATE log_state SET checkpoint_size = 512").run();
    await moveAllHistory({ segmentEvents: 512, bindings: LOGGED });
    expect(await counts()).toMatchObject({ events: 288, archive_segments: 1 });
  });

  it("waits for the log's first checkpoint", async () => {
    await recordHistory(600);
    await moveAllHistory({ segmentEvents: 512, bindings: LOGGED });
    expect(await counts()).toMatchObject({ events: 600, archive_move: 0 });
  });

  it("goes on without indexes while the log is stopped", async () => {
    await recordHistory(600);
    await advance();
    await env.DB.prepare("UPDATE log_state SET stopped_reason = 'a test'").run();
    await moveAllHistory({ segmentEvents: 512, bindings: LOGGED });
    const [segment] = await readArchive();
    expect(segment?.manifest["log_first_index"]).toBeNull();
    expect(segment?.lines.every((line) => line.startsWith('{"index":null,'))).toBe(true);
  });

  it("begins again if the log is switched on during the move, so that all lines have an index", async () => {
    await recordHistory(600);
    await moveAllHistory({ segmentEvents: 512, maxSteps: 1, sweeps: 1 });
    await advance();
    await moveAllHistory({ segmentEvents: 512, bindings: LOGGED });
    const [segment] = await readArchive();
    expect(segment?.manifest["log_first_index"]).toBe(0);
    expect(segment?.lines[0]).toMatch(/^\{"index":0,/);
  });

  it.each([
    ["has other JSON", "json = replace(json, 'Zoë', 'Zoe')", "The event or its opening is another one."],
    ["has another opening", "opening = randomblob(32)", "The event or its opening is another one."],
    ["has another time", "recorded_at = recorded_at + 1", "The event's time of recording is another one."],
  ])("stops at an event that %s, and deletes nothing", async (_, change, reason) => {
    const ids = await recordHistory(600);
    await advance();
    const event_id = ids[300];
    await env.DB.prepare(`UPDATE events SET ${change} WHERE id = ?1`).bind(event_id).run();
    const { context, lines } = contextOf(LOGGED);
    expect(await moveHistory(context, smallSegments(512))).toBe(false);
    expect(lines).toEqual([{ event: "archive_move_stopped", event_id, reason }]);
    expect(await counts()).toMatchObject({ events: 600, archive_segments: 0, archive_state: 0, archive_directory: 0 });
    expect(await moveHistory(context, smallSegments(512))).toBe(false); // and again in each sweep
    expect(lines.length).toBe(2);
  });

  it("stops if an event is missing, and names the next one", async () => {
    const ids = await recordHistory(600);
    await advance();
    await env.DB.prepare("DELETE FROM events WHERE id = ?1").bind(ids[300]).run();
    const { context, lines } = contextOf(LOGGED);
    await moveHistory(context, smallSegments(512));
    const reason = `The log has the event ${ids[300]} in its place.`;
    expect(lines).toEqual([{ event: "archive_move_stopped", event_id: ids[301], reason }]);
  });

  it("stops if the log's entries cannot be read", async () => {
    const ids = await recordHistory(600);
    await advance();
    await env.DB.prepare("UPDATE log_bundles SET entries = x'00' WHERE number = 1").run();
    const { context, lines } = contextOf(LOGGED);
    await moveHistory(context, smallSegments(512));
    expect(lines).toEqual([{ event: "archive_move_stopped", event_id: ids[256], reason: "The entry cannot be read." }]);
  });

  it("leaves the log as it is", async () => {
    await recordHistory(600);
    await advance();
    const before = await stateOf();
    await moveAllHistory({ segmentEvents: 512, bindings: LOGGED });
    await advance();
    expect(await stateOf()).toEqual(before);
  });
});

describe("a move stops, and deletes nothing, if", () => {
  it.each([
    ["an event is gone", "DELETE FROM events WHERE id = (SELECT min(id) + 9 FROM events)"],
    [
      "a feed names an event that does not exist",
      "INSERT INTO feed_entries SELECT (SELECT min(id) FROM feeds), min(id) + 100 FROM events",
    ],
  ])("%s after the bundles were written", async (_, statement) => {
    await recordHistory(100);
    await env.DB.prepare("UPDATE sqlite_sequence SET seq = seq + 10 WHERE name = 'events'").run();
    await recordHistory(500);
    await stepTo("postings");
    await env.DB.prepare(statement).run();
    const { context, lines } = contextOf();
    const before = await counts();
    await moveHistory(context, STEP);
    expect(lines.map(({ event }) => event)).toEqual(["archive_move_stopped"]);
    expect(await counts()).toMatchObject({ events: before["events"], feed_entries: before["feed_entries"] });
  });
});

describe("objects in the bucket", () => {
  it("that are there already are not written again", async () => {
    await recordHistory(600);
    await stepTo("directory");
    const written = await objectVersions();
    await env.DB.batch(["archive_move", "archive_directory"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
    await stepTo("forget");
    expect(await objectVersions()).toEqual(written);
  });

  it("with other content, from a move that was never finished, are replaced", async () => {
    const ids = await recordHistory(600);
    const before = await wholeHistory();
    const segment = { first: ids[0] ?? 0, last: ids[511] ?? 0 };
    for (const key of [bundleKey(segment, 1), postingsKey(segment), feedsKey(segment), manifestKey(segment)]) {
      await env.ARCHIVE.put(key, "something else");
    }
    await moveAllHistory({ segmentEvents: 512 });
    expect(await wholeHistory()).toEqual(before);
    expect(await counts()).toMatchObject({ events: 88 });
  });

  it.each([
    ["a bundle", bundleKey, "postings"],
    ["the object of postings", (range: Range) => postingsKey(range), "directory"],
    ["the list of feeds", (range: Range) => feedsKey(range), "directory"],
    ["the manifest", (range: Range) => manifestKey(range), "directory"],
  ])("are written again if %s is damaged or missing before the boundary moves", async (_, keyOf, phase) => {
    const ids = await recordHistory(600);
    const before = await wholeHistory();
    const key = keyOf({ first: ids[0] ?? 0, last: ids[511] ?? 0 }, 1);
    for (const damage of [() => env.ARCHIVE.put(key, "damaged"), () => env.ARCHIVE.delete(key)]) {
      await stepTo(phase);
      await damage();
      const { context, lines } = contextOf();
      expect(await moveHistory(context, STEP)).toBe(true);
      expect(lines).toEqual([{ event: "archive_written_again", key, reason: expect.any(String) }]);
      expect(await inPhase("bundles")).toBe(true);
    }
    await moveAllHistory({ segmentEvents: 512 });
    expect(await wholeHistory()).toEqual(before);
    expect(await counts()).toMatchObject({ events: 88 });
  });

  it("are written again if an event is erased before the boundary moves", async () => {
    const [, erased = 0] = await recordHistory(600);
    for (const phase of ["postings", "directory"]) {
      await stepTo(phase);
      await env.DB.prepare("UPDATE events SET opening = NULL WHERE id = ?1").bind(erased).run();
      await stepTo("bundles");
      await env.DB.prepare("UPDATE events SET opening = randomblob(32) WHERE id = ?1").bind(erased).run();
    }
    await env.DB.prepare("UPDATE events SET opening = NULL WHERE id = ?1").bind(erased).run();
    const before = await wholeHistory();
    await moveAllHistory({ segmentEvents: 512 });
    expect(await wholeHistory()).toEqual(before);
    expect((await readArchive())[0]?.manifest["erased"]).toBe(1);
  });
});

type Range = { first: number; last: number };

async function objectVersions(): Promise<Record<string, string>> {
  const keys = [...(await everythingInBucket()).keys()];
  const heads = await Promise.all(keys.map((key) => env.ARCHIVE.head(key)));
  return Object.fromEntries(heads.map((head) => [head?.key, head?.version]));
}

describe("two movers", () => {
  it("never work on the same segment at the same time", async () => {
    await recordHistory(600);
    const { context, lines } = contextOf();
    const done = await Promise.all([1, 2, 3].map(() => moveHistory(context, smallSegments(512))));
    expect(done.filter(Boolean).length).toBe(1);
    expect(lines.length).toBe(1);
  });

  it("take turns after a mover has died, when its lease has ended", async () => {
    await recordHistory(600);
    const start = Date.now();
    const dying = aMovingContext({}, { now: () => start, archive: undefined });
    const { archive } = aMovingContext();
    if (archive === undefined) throw new Error("there is a bucket");
    const dies = new Promise<never>(() => {});
    void moveHistory({ ...dying, archive: { ...archive, putExact: () => dies } }, smallSegments(512));
    while ((await counts())["archive_move"] === 0);
    expect(await moveHistory(aMovingContext({}, { now: () => start + 49_000 }), smallSegments(512))).toBe(false);
    expect(await moveHistory(aMovingContext({}, { now: () => start + 51_000 }), smallSegments(512))).toBe(true);
    expect(await counts()).toMatchObject({ events: 88, archive_segments: 1 });
  });

  it("do no harm if the first one comes back late with old content", async () => {
    const [erased = 0] = await recordHistory(600);
    const { archive, ...context } = aMovingContext();
    if (archive === undefined) throw new Error("there is a bucket");
    let goOn = () => {};
    const waiting = new Promise<void>((resolve) => (goOn = resolve));
    const late = {
      ...archive,
      putExact: async (...call: Parameters<typeof archive.putExact>) => {
        await waiting;
        return archive.putExact(...call);
      },
    };
    const first = moveHistory({ ...context, archive: late }, smallSegments(512));
    while ((await counts())["archive_move"] === 0);
    await env.DB.prepare("UPDATE archive_move SET lease_until = 0").run();
    await env.DB.prepare("UPDATE events SET opening = NULL WHERE id = ?1").bind(erased).run();
    const history = await wholeHistory();
    await moveHistory(aMovingContext(), smallSegments(512));
    goOn();
    expect(await first).toBe(false);
    expect(await wholeHistory()).toEqual(history);
    expect((await readArchive())[0]?.lines[0]).toMatch(/^\{"index":null,"opening":null,/);
  });
});
