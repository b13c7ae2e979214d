import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { parseEntryProof } from "../../../src/tlog/entry-proof.ts";
import { inclusionRanges } from "../../../src/tlog/subtree.ts";
import { tilesForRanges } from "../../../src/tlog/tile.ts";
import { insertHistory, jumpTo } from "../../domain/log/log-world.ts";
import { costOf } from "../../support/cost.ts";
import { anEvent, someEvents } from "../../support/factories.ts";
import { problemOf } from "../../support/problems.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { forgetEverything } from "../../support/tables.ts";
import type { TestReader } from "../../support/tokens.ts";
import { aLoggedService, countingRoundTrips, proved, stopLog } from "../../support/logged-service.ts";

const service = aLoggedService();
const proofOf = (id: string | number, reader: TestReader = {}, query = "") =>
  service.request(`/api/v1/events/${id}/proof${query}`, { reader });

async function idOf(recorded: Promise<Response>): Promise<string> {
  return (await recorded).headers.get("Location")?.split("/").at(-1) ?? "";
}

/** Checks the proof of an event. Both are requested by the reader. */
async function checkProof(id: string, reader: TestReader = {}): Promise<{ index: number; size: number }> {
  const event = await service.request(`/api/v1/events/${id}`, { reader });
  return proved(await event.text(), await (await proofOf(id, reader)).text());
}

describe("the proof of an event", () => {
  beforeEach(forgetEverything);

  it("shows that the newest checkpoint covers exactly these bytes", async () => {
    const first = await idOf(service.record(anEvent({ username: "ann", data: { note: "ünï \u2028 code", n: 1 } })));
    await service.sweep();
    expect(await checkProof(first)).toEqual({ index: 0, size: 1 });
    await service.record(someEvents(20));
    const last = await idOf(service.record(anEvent({ allowed_groups: ["team"] })));
    await service.sweep();
    expect(await checkProof(first)).toEqual({ index: 0, size: 22 });
    expect(await checkProof(last, { groups: ["team"] })).toEqual({ index: 21, size: 22 });
  });

  it("is text in UTF-8, and a 304 for a client that has it", async () => {
    const id = await idOf(service.record(anEvent()));
    await service.sweep();
    const response = await proofOf(id);
    expect(response.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
    const headers = { "If-None-Match": response.headers.get("ETag") ?? "" };
    expect((await service.request(`/api/v1/events/${id}/proof`, { headers })).status).toBe(304);
  });

  it("holds for every place of a tree, wherever IDs jump", async () => {
    await insertHistory(300);
    await jumpTo(1_000_000);
    await insertHistory(400);
    await service.sweep();
    const { results } = await env.DB.prepare("SELECT id FROM events ORDER BY id").all<{ id: number }>();
    const recorded = await idOf(service.record(anEvent()));
    await service.sweep();
    expect(await checkProof(recorded)).toEqual({ index: 700, size: 701 });
    for (const index of [0, 255, 256, 299, 300, 511, 512, 699]) {
      const proof = parseEntryProof(await (await proofOf(results[index]?.id ?? 0)).text());
      expect(proof?.index).toBe(index);
    }
  });

  it("is a 409 until the checkpoint covers the event: the response says when to try again", async () => {
    const id = await idOf(service.record(anEvent()));
    for (let checkpoints = 0; checkpoints < 2; checkpoints++) {
      const later = checkpoints === 0 ? id : await idOf(service.record(anEvent()));
      const response = await proofOf(later);
      expect(response.headers.get("Retry-After")).toBe("2");
      expect((await problemOf(response)).status).toBe(409);
      await service.sweep();
      expect((await proofOf(later)).status).toBe(200);
    }
  });

  it("is a 409 if D1's tree has the event, and the checkpoint has not", async () => {
    await service.record(someEvents(2));
    const id = await idOf(service.record(anEvent()));
    await service.sweep();
    await env.DB.prepare("UPDATE log_state SET checkpoint_size = 2").run();
    expect((await proofOf(id)).status).toBe(409);
    expect((await proofOf(Number(id) - 1)).status).toBe(200);
  });

  it("is a 409 that promises nothing while the log is stopped; older proofs stay", async () => {
    const before = await idOf(service.record(anEvent()));
    await service.sweep();
    await stopLog();
    const after = await idOf(service.record(anEvent()));
    await service.sweep();
    const response = await proofOf(after);
    expect(response.headers.get("Retry-After")).toBeNull();
    expect((await problemOf(response)).detail).toContain("the log is stopped");
    expect(await checkProof(before)).toEqual({ index: 0, size: 1 });
  });

  it("can be against the newest cosigned checkpoint, which without witnesses is the newest one", async () => {
    const id = await idOf(service.record(anEvent()));
    await service.sweep();
    expect(await (await proofOf(id, {}, "?cosigned=1")).text()).toBe(await (await proofOf(id)).text());
    expect((await problemOf(await proofOf(id, {}, "?cosigned=yes"))).status).toBe(400);
    const waiting = await idOf(service.record(anEvent()));
    expect((await proofOf(waiting, {}, "?cosigned=1")).headers.get("Retry-After")).toBe("60");
  });

  it("is a 404 that says so once the event's opening was destroyed", async () => {
    const id = await idOf(service.record(anEvent()));
    await service.sweep();
    await env.DB.prepare("UPDATE events SET opening = NULL WHERE id = ?").bind(id).run();
    expect(await problemOf(await proofOf(id))).toMatchObject({
      status: 404,
      detail: expect.stringContaining("opening"),
    });
  });
});

describe("a reader who may not see an event", () => {
  const hostile = { name: "eve", groups: ["others"] };

  it("gets the same 404 as for an event that does not exist, whatever the state of the log", async () => {
    await forgetEverything();
    const hidden = await idOf(service.record(anEvent({ allowed_groups: ["team"] })));
    const auditorsOnly = await idOf(service.record(anEvent({ allowed_groups: [] })));
    const ask = async (id: string, query: string) => {
      const response = await proofOf(id, hostile, query);
      const { headers, status } = response;
      return [
        status,
        headers.get("Retry-After"),
        headers.get("ETag"),
        headers.get("Cache-Control"),
        (await problemOf(response)).detail,
      ];
    };
    const states = [
      async () => {}, // nothing is in the log yet
      () => service.sweep(),
      () => env.DB.prepare("UPDATE events SET opening = NULL").run(),
      stopLog,
    ];
    for (const enter of states) {
      await enter();
      for (const query of ["", "?cosigned=1"]) {
        const unknown = await ask("999999", query);
        expect(unknown[0]).toBe(404);
        for (const id of [hidden, auditorsOnly, "x", "01", "1e0"]) expect(await ask(id, query)).toEqual(unknown);
      }
    }
  });

  it("makes the service run the same queries as for an event that does not exist", async () => {
    await forgetEverything();
    const hidden = await idOf(service.record(anEvent({ allowed_groups: ["team"] })));
    await service.sweep();
    await service.request(`/api/v1/events/${hidden}/proof`, { reader: { groups: ["team"] } }); // no copy is kept
    const { queries } = costOf(await proofOf(hidden, hostile));
    expect(costOf(await proofOf("999999", hostile)).queries).toBe(queries);
  });

  it("gets no proof of it, whatever the groups of the event and of the reader", async () => {
    await forgetEverything();
    const groups = fc.subarray(["a", "b", "c", "everyone", "auditors"]);
    await fc.assert(
      fc.asyncProperty(fc.option(groups, { nil: undefined }), groups, async (allowed, own) => {
        const id = await idOf(service.record(anEvent(allowed && { allowed_groups: allowed })));
        await service.sweep();
        const maySee = allowed === undefined || allowed.some((group) => own.includes(group));
        expect((await proofOf(id, { groups: own })).status).toBe(maySee ? 200 : 404);
      }),
      { numRuns: propertyRuns(1) },
    );
  });
});

describe("at any size of the log, a proof", () => {
  const INDEX = 123_456_789;
  const SIZE = 301_234_567;

  /**
   * The huge tree has only the tiles that the proof needs, with random hashes. So the proof is wrong, but costs as much
   * as a right proof.
   */
  beforeAll(async () => {
    await forgetEverything();
    const id = await idOf(service.record(anEvent()));
    await service.sweep();
    const tiles = tilesForRanges(inclusionRanges(INDEX, SIZE), SIZE);
    await env.DB.batch([
      env.DB.prepare("DELETE FROM log_runs"),
      env.DB.prepare("DELETE FROM log_bundles"),
      env.DB.prepare("INSERT INTO log_runs VALUES (?, ?), (?, ?)").bind(id, INDEX, Number(id) + 10, INDEX + 1),
      env.DB.prepare("INSERT INTO log_runs VALUES (0, 0)"),
      env.DB.prepare("UPDATE log_state SET size = ?1, checkpoint_size = ?1").bind(SIZE),
      ...tiles.map(({ level, index, width }) =>
        level === 0
          ? env.DB.prepare("INSERT INTO log_bundles VALUES (?, randomblob(? * 38))").bind(index, width)
          : env.DB.prepare("INSERT INTO log_tiles VALUES (?, ?, randomblob(? * 32))").bind(level, index, width),
      ),
    ]);
  });

  it("takes at most three round trips, and reads a few rows for each level", async () => {
    const { results } = await env.DB.prepare("SELECT id FROM events").all<{ id: number }>();
    const roundTrips = countingRoundTrips();
    const response = await proofOf(results[0]?.id ?? 0);
    expect(roundTrips.count).toBe(3);
    vi.restoreAllMocks();
    expect(parseEntryProof(await response.text())).toMatchObject({ index: INDEX, hashes: { length: 29 } });
    expect(costOf(response)).toMatchObject({ queries: 4, rowsWritten: 0 });
    expect(costOf(response).rowsRead).toBeLessThanOrEqual(27);
  });
});
