import { createHash } from "node:crypto";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { decodeBundle } from "../../../src/tlog/entry-bundle.ts";
import { anEvent, someEvents } from "../../support/factories.ts";
import { forgetEverything } from "../../support/tables.ts";
import { textOf } from "../../support/streams.ts";
import type { TestReader } from "../../support/tokens.ts";
import { aLoggedService, countingRoundTrips } from "../../support/logged-service.ts";

const WITH_OPENINGS = "application/x-ndjson; openings=1";
const service = aLoggedService();

async function linesOf(path = "", reader: TestReader = {}, { request } = service): Promise<string[]> {
  const response = await request(`/api/v1/events/query/${path}`, { reader, headers: { Accept: WITH_OPENINGS } });
  expect(response.headers.get("Content-Type")).toBe(WITH_OPENINGS);
  return (await textOf(response)).split("\n").slice(0, -1);
}

interface Line {
  index: number | null;
  opening: string | null;
  event: { id: string; recorded_at: string };
}

const parsed = (lines: string[]) => lines.map((line) => JSON.parse(line) as Line);

/** The bytes of the event within a line. */
const eventIn = (line: string) =>
  /^\{"index":(?:\d+|null),"opening":(?:null|"[^"]*"),"event":(\{.*\})\}$/.exec(line)?.[1] ?? "";

async function entries(): Promise<string[]> {
  const { size } = await service.checkpoint();
  const response = await service.request(`/log/tile/entries/000.p/${size}`);
  return decodeBundle(new Uint8Array(await response.arrayBuffer())).map((entry) => new TextDecoder().decode(entry));
}

beforeEach(forgetEverything);

describe("a listing with openings", () => {
  it("has in each line what the entry at the line's index was made of, and the event byte for byte", async () => {
    await service.record([
      anEvent({ username: "ann", data: { note: "ünï \u2028 code", big: 1e15 } }),
      anEvent({ allowed_groups: ["team"], state_project: "shop" }),
      anEvent(),
    ]);
    await service.sweep();
    const [lines, log] = [await linesOf("", { groups: ["team"] }), await entries()];
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      const { index, opening, event } = JSON.parse(line) as Line;
      const served = await service.request(`/api/v1/events/${event.id}`, { reader: { groups: ["team"] } });
      expect(eventIn(line)).toBe(await served.text());
      const bytes = Buffer.from(opening ?? "", "base64");
      expect(bytes).toHaveLength(32);
      const commitment = createHash("sha256").update(bytes).update(eventIn(line)).digest("base64");
      expect(log[index ?? -1]).toBe(`tidings/event/v1\n${event.id}\n${event.recorded_at}\n${commitment}\n`);
    }
  });

  it("has no index where the newest checkpoint does not cover the event", async () => {
    await service.record(someEvents(2));
    await service.sweep();
    await service.record(someEvents(2));
    expect(parsed(await linesOf("?page_after=0")).map(({ index }) => index)).toEqual([0, 1, null, null]);
    await service.sweep();
    expect(parsed(await linesOf("?page_after=0")).map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    await env.DB.prepare("UPDATE log_state SET checkpoint_size = 3").run();
    expect(parsed(await linesOf()).map(({ index }) => index)).toEqual([null, 2, 1, 0]);
  });

  it("has openings without LOG_KEY too, which a log has that is switched on later, and no index", async () => {
    const before = aLoggedService({ LOG_KEY: "" });
    await before.record(someEvents(2));
    const lines = parsed(await linesOf("?page_after=0", {}, before));
    expect(lines.map(({ index }) => index)).toEqual([null, null]);
    await service.sweep();
    const opened = parsed(await linesOf("?page_after=0"));
    expect(opened.map(({ opening }) => opening)).toEqual(lines.map(({ opening }) => opening));
    expect(opened.map(({ index }) => index)).toEqual([0, 1]);
    expect(parsed(await linesOf("", {}, before)).map(({ index }) => index)).toEqual([null, null]);
  });

  it("has a null for an opening that was destroyed", async () => {
    await service.record(someEvents(2));
    await service.sweep();
    await env.DB.prepare("UPDATE events SET opening = NULL WHERE id = (SELECT max(id) FROM events)").run();
    expect(parsed(await linesOf())).toEqual([
      expect.objectContaining({ index: 1, opening: null }),
      expect.objectContaining({ index: 0, opening: expect.any(String) }),
    ]);
  });

  it("has the events that the reader may see, and no opening of another", async () => {
    const groups = [undefined, ["team"], ["others"], [], ["team", "others"]];
    await service.record(groups.map((allowed_groups) => anEvent(allowed_groups && { allowed_groups })));
    await service.sweep();
    const { results } = await env.DB.prepare("SELECT hex(opening) AS opening FROM events ORDER BY id").all<{
      opening: string;
    }>();
    const openings = results.map(({ opening }) => Buffer.from(opening, "hex").toString("base64"));
    for (const [reader, visible] of [
      [{ groups: ["team"] }, [0, 1, 4]],
      [{ groups: [] }, [0]],
      [{ groups: ["others"] }, [0, 2, 4]],
    ] as const) {
      const lines = await linesOf("?page_after=0", reader);
      expect(parsed(lines).map(({ index }) => index)).toEqual(visible);
      for (const [index, opening] of openings.entries()) {
        expect(lines.join("").includes(opening), `opening ${index}`).toBe(visible.some((one) => one === index));
      }
    }
    const auditing = aLoggedService({ AUDITOR_GROUPS: "audit" });
    expect(await linesOf("", { groups: ["audit"] }, auditing)).toHaveLength(5);
  });

  it("keeps the filters, the cursors and the limit of a download", async () => {
    await service.record(
      someEvents(6, (index) => ({ username: index % 2 === 0 ? "ann" : "ben", state_project: "shop" })),
    );
    await service.sweep();
    const indexes = async (path: string) => parsed(await linesOf(path)).map(({ index }) => index);
    expect(await indexes("?username=ann")).toEqual([4, 2, 0]);
    expect(await indexes("?page_after=0&limit=2")).toEqual([0, 1]);
    expect(await indexes("project/shop/?username=ben&page_size=1")).toEqual([5, 3, 1]);
    expect(await indexes("project/other/")).toEqual([]);
  });

  it("has large events too, which are read part by part", async () => {
    for (let requests = 0; requests < 3; requests++) {
      await service.record(someEvents(30, () => ({ data: { large: "x".repeat(30_000) } })));
    }
    await service.sweep();
    const lines = parsed(await linesOf("?page_after=0"));
    expect(lines.map(({ index }) => index)).toEqual(lines.map((_, index) => index));
    expect(lines.every(({ opening }) => opening?.length === 44)).toBe(true);
    expect(lines).toHaveLength(90);
  });

  it("takes one round trip for a page", async () => {
    await service.record(someEvents(50));
    await service.sweep();
    const roundTrips = countingRoundTrips();
    await linesOf();
    expect(roundTrips.count).toBe(1);
  });
});
