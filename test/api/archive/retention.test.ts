import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RETENTION } from "../../../src/domain/moving/retention.ts";
import { DAY_MS, HOUR_MS } from "../../../src/lib/time.ts";
import { recordHistory } from "../../domain/moving/moved-world.ts";
import { aMovingContext, moveAllHistory } from "../../support/moved-history.ts";
import { aService } from "../../support/service.ts";
import { textOf } from "../../support/streams.ts";
import { forgetEverything } from "../../support/tables.ts";
import { tokenOf, type TestReader } from "../../support/tokens.ts";

const service = aService({ AUDITOR_GROUPS: "audit", EVENT_RETENTION_DAYS: "10" });
const READERS: TestReader[] = [{ groups: ["audit"] }, { groups: ["ops", "team 5"] }, {}];

beforeEach(forgetEverything);
afterEach(() => vi.useRealTimers());

/** Makes the events up to this ID old, and runs the tasks of the sweep that delete them. */
async function expireUpTo(id: number | undefined): Promise<void> {
  const longAgo = Date.now() - 20 * DAY_MS;
  await env.DB.batch([
    env.DB.prepare("UPDATE events SET recorded_at = ?1 WHERE id <= ?2").bind(longAgo, id),
    env.DB.prepare("UPDATE archive_segments SET recorded_to = ?1 WHERE last_event_id <= ?2").bind(longAgo, id),
  ]);
  for (const task of Object.values(RETENTION)) await task(aMovingContext({ EVENT_RETENTION_DAYS: "10" }));
}

async function walk(path: string, reader: TestReader): Promise<number[]> {
  const ids: number[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const page = await service.list(next, reader);
    ids.push(...page.events.map(({ id }) => Number(id)));
    next = page.events.length === 0 ? undefined : page.next;
  }
  return ids;
}

async function download(reader: TestReader, Accept: string): Promise<string> {
  const headers = { Authorization: `Bearer ${await tokenOf(reader)}`, Accept };
  return textOf(await service.request("/api/v1/events/query/?limit=2000", { headers }));
}

/** The deleted events of all kinds of histories: in D1, in the archive, and in both. */
const HISTORIES: [string, { moves: boolean; deletes: number }][] = [
  ["in D1 only", { moves: false, deletes: 130 }],
  ["in the archive only", { moves: true, deletes: 256 }],
  ["in the archive and in D1", { moves: true, deletes: 540 }],
];

describe.each(HISTORIES)("after retention has deleted events %s", (_, { moves, deletes }) => {
  it("listings and downloads end at the oldest event that is left", async () => {
    const ids = await recordHistory(600);
    if (moves) await moveAllHistory();
    const paths = [
      "?page_size=500",
      "?page_after=0&page_size=100",
      "project/shop/?page_size=30",
      "?username=Zo%C3%AB 7",
    ];
    const before = new Map<string, number[]>();
    for (const reader of READERS) {
      for (const path of paths) before.set(JSON.stringify([reader, path]), await walk(path, reader));
    }
    const deletedTo = ids[deletes - 1] ?? 0;
    await expireUpTo(deletedTo);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + HOUR_MS });
    for (const reader of READERS) {
      for (const path of paths) {
        const left = before.get(JSON.stringify([reader, path]))?.filter((id) => id > deletedTo);
        expect(await walk(path, reader), `${path} ${JSON.stringify(reader)}`).toEqual(left);
      }
      for (const type of ["application/x-ndjson; openings=1", "text/csv"]) {
        const text = await download(reader, type);
        for (const id of ids) {
          const isListed = text.includes(`"id":"${id}"`) || text.includes(`\n${id},`);
          if (isListed) expect(id).toBeGreaterThan(deletedTo);
        }
      }
    }
  });

  it("a cached page and its entity tag are used for at most an hour", async () => {
    const ids = await recordHistory(600);
    if (moves) await moveAllHistory();
    const [path, auditor] = ["?page_size=500", { groups: ["audit"] }];
    const { tag } = await service.list(path, auditor);
    expect(await service.list(path, auditor, { "If-None-Match": tag })).toMatchObject({ status: 304 });
    const deletedTo = ids[deletes - 1] ?? 0;
    await expireUpTo(deletedTo);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + HOUR_MS });
    const page = await service.list(path, auditor, { "If-None-Match": tag });
    expect(page.status).toBe(200);
    expect(page.events.map(({ id }) => Number(id))).toEqual(
      ids
        .filter((id) => id > deletedTo)
        .slice(-500)
        .toReversed(),
    );
  });

  it("a deleted event is not found, and its neighbour is", async () => {
    const ids = await recordHistory(600);
    if (moves) await moveAllHistory();
    await expireUpTo(ids[deletes - 1]);
    const auditor = { groups: ["audit"] };
    for (const id of [ids[0], ids[deletes - 1]]) {
      const response = await service.get(`/api/v1/events/${id}`, auditor);
      expect(response.status).toBe(404);
      expect((await service.get(`/api/v1/events/${id}/proof`, auditor)).status).toBe(404);
    }
    expect((await service.get(`/api/v1/events/${ids[deletes]}`, auditor)).status).toBe(200);
  });
});
