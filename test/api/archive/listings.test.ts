import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sha256 } from "../../../src/lib/crypto.ts";
import { archiveTo, forgetTo } from "../../support/archive-to.ts";
import { someEvents, type SentEvent } from "../../support/factories.ts";
import { aService, listingPath, withQuery } from "../../support/service.ts";
import { forgetEverything } from "../../support/tables.ts";
import { everyNth } from "../../support/property-runs.ts";
import { tokenOf } from "../../support/tokens.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const EVENTS = 1_200;

/** A service whose caches are empty: those of its isolate, and that at the edge, whose entries belong to one token. */
const fresh = () => aService({ AUDITOR_GROUPS: "audit", INTERNAL_TOKEN: crypto.randomUUID() });

const named = (name: string, count: number) => Array.from({ length: count }, (_, number) => `${name}-${number}`);

function eventOf(number: number): Partial<SentEvent> {
  const groups = [`guild-${number % 10}`, `team-${number % 100}`, ...(number % 20 === 7 ? ["rare"] : [])];
  return {
    type: number % 3 === 0 ? "TEAM_DELETED" : "USER_SIGNUP",
    timestamp: `${10 * number}`,
    username: `user-${number % 5}`,
    state_project: number % 2 === 0 ? "shop" : "vault",
    data: { number, text: "é\u2028🛍️" },
    ...(number % 10 !== 0 && { allowed_groups: groups }),
  };
}

const READERS: [string, string[]][] = [
  ["an auditor", ["audit"]],
  ["nobody's member", []],
  ["a member of one group", ["guild-1"]],
  ["a member of 100 groups", named("team", 100)],
  ["a member of a group with few events", ["rare"]],
];

/** The ends of the segments, by the number of their last event. */
const ENDS = [300, 301, 700, 1_000];

const ids: number[] = [];

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"] }); // the console shows how long ago an event was
  await forgetEverything();
  for (let start = 0; start < EVENTS; start += 100) {
    expect((await fresh().record(someEvents(100, (index) => eventOf(start + index)))).status).toBe(200);
    if (start === 400) await env.DB.prepare("UPDATE sqlite_sequence SET seq = seq + 57 WHERE name = 'events'").run();
  }
  const { results } = await env.DB.prepare("SELECT id FROM events ORDER BY id").all<{ id: number }>();
  ids.push(...results.map(({ id }) => id));
});

afterAll(() => void vi.useRealTimers());

const idAt = (number: number) => ids[number - 1] ?? 0;

/** Cursors at the ends of segments and bundles, and between them. */
const CURSORS = [0, 1, 255, 300, 301, 302, 650, 700, 701, 999, 1_000, 1_001, 1_100, 1_200];
const FILTERS = [
  {},
  { type: "TEAM_DELETED" },
  {},
  { username: "user-3", since: 2_000, until: 11_500 },
  {},
  { username: "x" },
];

/** Paths with all cursors. Page sizes, scopes and filters take turns. */
function paths(): string[] {
  const cursors = [
    {},
    {},
    {},
    ...CURSORS.flatMap((number) => [{ page_from: idAt(number) }, { page_after: idAt(number) }]),
  ];
  return cursors.map((cursor, index) => {
    const page_size = [1, 50, 7, 500, 50][index % 5];
    const path = index % 4 === 1 ? listingPath("project", "vault") : "";
    return withQuery(path, { ...cursor, ...FILTERS[index % FILTERS.length], page_size });
  });
}

interface Sight {
  path: string;
  groups: string[];
  accept: string;
}

const DOWNLOADS = ["application/x-ndjson", "text/csv", "application/x-ndjson; openings=1"];

/** All requests of all readers. `npm test` makes a third of them. */
function sights(): Sight[] {
  const downloads = ["", "?page_after=0", "?type=TEAM_DELETED&page_size=90", `?page_from=${idAt(700)}&limit=77`];
  const all = READERS.flatMap(([, groups]) => [
    ...paths().map((path) => ({ path, groups, accept: "application/json" })),
    ...paths()
      .slice(0, 9)
      .map((path) => ({ path, groups, accept: "application/cloudevents-batch+json" })),
    ...DOWNLOADS.flatMap((accept) => downloads.map((path) => ({ path, groups, accept }))),
    ...["/", `/?page_from=${idAt(500)}`, `/?page_after=${idAt(310)}`, "/project/vault?username=user-3"].map((path) => ({
      path: `https://tidings.example${path}`,
      groups,
      accept: "text/html",
    })),
  ]);
  return everyNth(all, 3);
}

const SHOWN = ["ETag", "Link", "Cache-Control", "Retry-After", "Content-Type", "Vary", "Content-Disposition"];

/** What a reader gets. The body is a digest, because the difference of two long bodies takes minutes to compute. */
async function look({ path, groups, accept }: Sight): Promise<Record<string, unknown>> {
  const response = await fresh().request(new URL(path, "https://tidings.example/api/v1/events/query/"), {
    headers: { Authorization: `Bearer ${await tokenOf({ groups })}`, Accept: accept },
  });
  const body = new TextDecoder().decode(await response.arrayBuffer());
  return {
    status: response.status,
    body: sha256(body, "hex"),
    ...Object.fromEntries(SHOWN.map((name) => [name, response.headers.get(name)])),
  };
}

/** The steps of the moves of all segments, in their order. Nothing that a reader sees may change in between. */
const STEPS: [string, () => Promise<void>][] = [
  ["before the boundary is set", () => archiveTo(idAt(300), { setBoundary: false })],
  ["when the first segment is below the boundary", () => archiveTo(idAt(300), { forget: false })],
  ["when half of the first segment is forgotten", () => forgetTo(idAt(150))],
  [
    "when D1 has forgotten the entries of the first segment, and not the events",
    () => forgetTo(idAt(300), ["feed_entries"]),
  ],
  [
    "when there are several segments",
    async () => {
      for (const end of ENDS) await archiveTo(idAt(end), { keepUpTo: end % 2 === 0 ? 4 : 0 });
      await forgetTo(idAt(1_000));
    },
  ],
  // D1 has no newer event then, so only the directory shows that a page can never change.
  ["when all events are in the archive", () => archiveTo(idAt(EVENTS), { keepUpTo: 0 })],
];

describe("what every reader sees, in every format and at every cursor,", () => {
  const before: Record<string, unknown>[] = [];

  beforeAll(async () => {
    for (const sight of sights()) before.push(await look(sight));
    expect(new Set(before.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it.each(STEPS)("is the same %s", async (_, step) => {
    await step();
    for (const [index, sight] of sights().entries()) {
      expect(await look(sight), JSON.stringify(sight)).toEqual(before[index]);
    }
  });
});
