import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { contextFor, type Context } from "../../../src/context.ts";
import { EVENTS, exportEvents } from "../../../src/domain/events/export-events.ts";
import type { ListingQuery } from "../../../src/domain/events/listing-query.ts";
import { MAX_STREAM_GETS } from "../../../src/domain/events/stream-limits.ts";
import { watchEvents, type Watch } from "../../../src/domain/events/watch-events.ts";
import { archiveTo } from "../../support/archive-to.ts";
import { someEvents } from "../../support/factories.ts";
import { aService } from "../../support/service.ts";
import { forgetEverything } from "../../support/tables.ts";

const READER = { name: "ann", groups: [], isAuditor: false, isOperator: false, expiresAt: Number.POSITIVE_INFINITY };
const LISTING: ListingQuery = { reader: READER, scope: ["everything"], query: { page_size: 1 } };

let ids: number[];

/** Each of three segments has one event, so each event is in another object. */
beforeEach(async () => {
  await forgetEverything();
  await aService().record(someEvents(3));
  const { results } = await env.DB.prepare("SELECT id FROM events ORDER BY id").all<{ id: number }>();
  ids = results.map(({ id }) => id);
  for (const id of ids) await archiveTo(id);
});

/** A new invocation that may read two more objects of the archive, and has none in its caches. */
function almostSpent(): Context {
  const fresh = { ...env, INTERNAL_TOKEN: `${env.INTERNAL_TOKEN}, ${crypto.randomUUID()}` };
  const context = contextFor(fresh, { waitUntil: () => undefined });
  context.usage.r2Gets = MAX_STREAM_GETS - 2;
  return context;
}

it("a download breaks off before a page for which the invocation may read no more of the archive", async () => {
  const seen: number[] = [];
  const context = almostSpent();
  const readAll = async () => {
    for await (const rows of exportEvents(context, LISTING, EVENTS)) seen.push(...rows.map(({ id }) => id));
  };
  await expect(readAll()).rejects.toThrow("more than 2000 objects of the archive");
  expect(seen).toEqual(ids.toReversed().slice(0, 2));
  expect(context.usage.r2Gets).toBe(MAX_STREAM_GETS);
});

it("a live stream ends there, and its client goes on after the last event", async () => {
  const seen: number[] = [];
  let after: string | undefined = "0";
  for (let connections = 0; connections < 2; connections++) {
    const watch: Watch = { after, signal: new AbortController().signal, limit: 3 - seen.length };
    for await (const { rows, last } of watchEvents(almostSpent(), LISTING, watch)) {
      seen.push(...rows.map(({ id }) => id));
      after = last;
    }
    expect(seen).toEqual(ids.slice(0, connections === 0 ? 2 : 3));
  }
});
