import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { archiveAll } from "../../support/archive-all.ts";
import { costOf } from "../../support/cost.ts";
import { anEvent, someEvents, type SentEvent } from "../../support/factories.ts";
import { aFailingBucket, type ArchiveFault } from "../../support/failing-archive.ts";
import { problemOf } from "../../support/problems.ts";
import { aService } from "../../support/service.ts";
import { forgetEverything } from "../../support/tables.ts";

beforeEach(forgetEverything);

/** Watches the lines that the service logs from now on. */
function watchLog(): () => unknown[] {
  const log = vi.spyOn(console, "log");
  return () => log.mock.calls.map(([line]) => JSON.parse(`${line}`) as unknown);
}

/**
 * The service in a new isolate and with a new secret. So neither the isolate nor the edge has anything in its cache.
 */
function fresh(bindings: Partial<Env> = {}): ReturnType<typeof aService> {
  return aService({ INTERNAL_TOKEN: `${env.INTERNAL_TOKEN}, ${crypto.randomUUID()}`, ...bindings });
}

async function record(...events: SentEvent[]): Promise<number> {
  const before = await newestId();
  await fresh().record(events);
  return before + 1;
}

async function newestId(): Promise<number> {
  const row = await env.DB.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'").first<{ seq: number }>();
  return row?.seq ?? 0;
}

async function jump(ids: number): Promise<void> {
  await env.DB.prepare("UPDATE sqlite_sequence SET seq = seq + CAST(?1 AS INTEGER) WHERE name = 'events'")
    .bind(ids)
    .run();
}

const path = (id: number | string) => `/api/v1/events/${id}`;

describe("a single event in the archive", () => {
  it("is served byte for byte as before, with its ETag, for one query and one GET", async () => {
    const id = await record(anEvent({ username: "ünï", data: { big: 1e15, note: "\u2028" } }));
    const before = await fresh().get(path(id));
    await archiveAll();
    const service = fresh();
    const after = await service.get(path(id));
    expect(after.status).toBe(200);
    expect(await after.text()).toBe(await before.text());
    expect(after.headers.get("ETag")).toBe(before.headers.get("ETag"));
    expect(costOf(after)).toMatchObject({ queries: 1, r2Gets: 1 });
    expect(costOf(after).rowsRead).toBeLessThanOrEqual(10);
    expect(costOf(await service.get(path(id))).r2Gets).toBe(0);
  });

  it("is cached at the edge for other isolates, and is read from the bucket if the edge has other content", async () => {
    const id = await record(anEvent());
    await archiveAll();
    const secret = { INTERNAL_TOKEN: `${env.INTERNAL_TOKEN}, ${crypto.randomUUID()}` };
    const gets = async () => costOf(await fresh(secret).get(path(id))).r2Gets;
    expect([await gets(), await gets()]).toEqual([1, 0]);
    await env.DB.prepare("UPDATE archive_segments SET runs = json_array(json_array(?1, 0))")
      .bind(id + 1)
      .run();
    expect(await gets()).toBe(1);
  });

  it("is read from the bundle that holds it, wherever IDs were skipped", async () => {
    const ids: number[] = [];
    const add = async (count: number) => {
      const first = await record(...someEvents(count, (index) => ({ username: `${index}` })));
      ids.push(...Array.from({ length: count }, (_, index) => first + index));
    };
    for (let part = 0; part < 6; part++) {
      await add(90);
      await jump(part);
    }
    await archiveAll();
    await jump(1_000);
    await add(2);
    await archiveAll();
    const service = fresh();
    for (const id of ids.filter((_, index) => index % 30 < 2 || index > 530)) {
      expect(await (await service.get(path(id))).json()).toMatchObject({ id: `${id}` });
    }
  });

  it("is found in D1 above the boundary, and only in the archive up to it", async () => {
    const archived = await record(anEvent());
    await archiveAll();
    const hot = await record(anEvent());
    expect(costOf(await fresh().get(path(archived))).r2Gets).toBe(1);
    await putBack(archived); // like a row that is not yet deleted from D1
    expect(costOf(await fresh().get(path(archived))).r2Gets).toBe(1);
    expect(costOf(await fresh().get(path(hot))).r2Gets).toBe(0);
    expect((await fresh().get(path(hot + 1))).status).toBe(404);
  });

  it("is gone once retention has deleted it, without a GET, also if its row and its object are still there", async () => {
    const id = await record(anEvent(), anEvent());
    await archiveAll();
    await putBack(id);
    await env.DB.prepare("UPDATE archive_state SET deleted_to = ?1")
      .bind(id + 1)
      .run();
    for (const deleted of [id, id + 1]) {
      const response = await fresh().get(path(deleted));
      expect([response.status, costOf(response).r2Gets]).toEqual([404, 0]);
    }
  });

  it("is gone if retention deletes its segment while it is read", async () => {
    const id = await record(anEvent());
    await archiveAll();
    let reads = 0;
    const deleting = aFailingBucket("missing", async () => {
      reads += 1;
      await env.DB.prepare("UPDATE archive_state SET deleted_to = ?1").bind(id).run();
      return true;
    });
    expect((await fresh({ ARCHIVE: deleting }).get(path(id))).status).toBe(404);
    expect(reads).toBe(1);
  });
});

/** Inserts an archived event into D1 again. */
async function putBack(id: number): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO events (id, type, timestamp, recorded_at, json) VALUES (?1, 'USER_SIGNUP', '1', 1, '{"id":"' || ?2 || '","type":"USER_SIGNUP"}')`,
  )
    .bind(id, `${id}`)
    .run();
}

/** An event for everyone, a hidden one, an ID between two events that was never given, and the same after a jump. */
async function aHistoryWithGaps(): Promise<{ visible: number; hidden: number; unknown: number[] }> {
  await jump(5);
  const first = await record(anEvent(), anEvent({ allowed_groups: ["team"] }));
  await jump(3);
  const last = await record(anEvent({ allowed_groups: ["team"] }));
  await archiveAll();
  const end = await newestId();
  await jump(3);
  await record(anEvent());
  await archiveAll();
  return { visible: first, hidden: last, unknown: [first - 1, first + 3, end + 2] };
}

describe("what a reader may not see below the boundary", () => {
  it.each<ArchiveFault | "well">(["well", "away", "missing", "damaged"])(
    "has the same status, body and cost as an ID that was never given, while the archive is %s",
    async (fault) => {
      const { visible, hidden, unknown } = await aHistoryWithGaps();
      const bindings = fault === "well" ? {} : { ARCHIVE: aFailingBucket(fault) };
      const answers = await Promise.all(
        [visible, hidden, ...unknown].map(async (id) => {
          const response = await fresh(bindings).get(path(id));
          const { instance: _, ...problem } = await response.json<Record<string, unknown>>();
          return { status: response.status, problem, cost: costOf(response) };
        }),
      );
      const [seen, one, ...others] = answers;
      expect(one?.status).toBe(fault === "well" ? 404 : 503);
      for (const other of others) expect(other).toEqual(one);
      expect(seen?.cost).toEqual(one?.cost);
      if (fault !== "well") expect(seen).toEqual(one);
    },
  );

  it("cannot be found out from the proof of an event either", async () => {
    const { hidden, unknown } = await aHistoryWithGaps();
    const costs = [];
    for (const id of [hidden, ...unknown]) {
      const response = await fresh().get(`${path(id)}/proof`);
      costs.push([response.status, costOf(response).r2Gets]);
    }
    expect(new Set(costs.map(String))).toEqual(new Set(["404,0"])); // there is no log
  });
});

describe("an archive that cannot be read", () => {
  it.each<[ArchiveFault, string, string]>([
    ["away", "archive_unavailable", "The bucket did not respond"],
    ["missing", "archive_object_missing", "A part of the archive is missing"],
    ["damaged", "archive_object_damaged", "A part of the archive is damaged"],
  ])("because it is %s is a 503 that says so, and the log names the cause", async (fault, event, detail) => {
    const archived = await record(anEvent());
    await archiveAll();
    const hot = await record(anEvent());
    const service = fresh({ ARCHIVE: aFailingBucket(fault) });
    const lines = watchLog();
    const response = await service.get(path(archived));
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect((await problemOf(response)).detail).toContain(detail);
    const key = expect.stringMatching(/^archive\/segments\/[0-9]{16}-[0-9]{16}\/events\/000\.ndjson\.gz$/);
    expect(lines()).toContainEqual(expect.objectContaining({ event, ...(fault !== "away" && { key }) }));
    expect((await service.get(path(hot))).status).toBe(200);
  });

  it("because there is no bucket is a 503 that says so", async () => {
    const id = await record(anEvent());
    await archiveAll();
    const service = fresh({ ARCHIVE: undefined as unknown as R2Bucket });
    const response = await service.get(path(id));
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "60"]);
    expect((await problemOf(response)).detail).toContain("no bucket ARCHIVE");
  });

  it("because one object is damaged still returns the events in other objects", async () => {
    const [one] = [await record(anEvent()), await archiveAll()];
    const [two] = [await record(anEvent()), await archiveAll()];
    const service = fresh({ ARCHIVE: aFailingBucket("damaged", (key) => key.includes(`${two}-`)) });
    expect((await service.get(path(one))).status).toBe(200);
    expect((await service.get(path(two))).status).toBe(503);
  });

  it("because it has another segment's bundle counts as damaged", async () => {
    const [one] = [await record(anEvent()), await archiveAll()];
    await record(anEvent());
    await archiveAll();
    const { objects } = await env.ARCHIVE.list({ prefix: "archive/" });
    const [first = "", second = ""] = objects.map(({ key }) => key).filter((key) => key.includes("/events/"));
    await env.ARCHIVE.put(first, (await (await env.ARCHIVE.get(second))?.arrayBuffer()) ?? "");
    const lines = watchLog();
    expect((await fresh().get(path(one))).status).toBe(503);
    expect(lines()).toContainEqual(expect.objectContaining({ event: "archive_object_damaged", key: first }));
  });
});
