import { Buffer } from "node:buffer";
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Reader } from "../../../src/domain/access/roles.ts";
import { fetchLinesAfter } from "../../../src/domain/events/fetch-lines.ts";
import { fetchPageAfter } from "../../../src/domain/events/fetch-page.ts";
import type { ListingQuery } from "../../../src/domain/events/listing-query.ts";
import { recordEvents } from "../../../src/domain/events/record-events.ts";
import { NewEvent } from "../../../src/schemas/event.ts";
import { WHOLE_EVENTS } from "../../../src/store/events/page-columns.ts";
import { aMovingContext, moveAllHistory } from "../../support/moved-history.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { forgetEverything } from "../../support/tables.ts";

const EVENTS = 600;
const MIB = 1_048_576;
const context = aMovingContext();

/** Events of all sizes, with characters of one to four bytes. Some are for groups, and some of these for several. */
function anEvent(number: number) {
  const bytes = number % 37 === 0 ? 30_000 : number % 5 === 0 ? 2_000 : 20;
  return NewEvent.parse({
    type: number % 3 === 0 ? "USER_SIGNUP" : "ADD_BUILD",
    username: `Zoë ${number % 7} \u2028\n"𝄞`,
    ...(number % 2 === 0 && { allowed_groups: [`team ${number % 8}`, `team ${number % 3}`] }),
    data: { text: "x語é𝄞".repeat(Math.ceil(bytes / 10)) },
  });
}

beforeAll(async () => {
  await forgetEverything();
  await env.DB.prepare("DELETE FROM sqlite_sequence").run();
  for (let start = 0; start < EVENTS; start += 20) {
    await recordEvents(
      context,
      Array.from({ length: 20 }, (_, index) => anEvent(start + index)),
    );
  }
});

const someReader = fc.constantFrom<Partial<Reader>[]>(
  { isAuditor: true, groups: [] },
  { groups: ["team 0", "team 2"] },
  { groups: Array.from({ length: 8 }, (_, index) => `team ${index}`) }, // more feeds than a compound SELECT has terms
);
const someFilter = fc.constantFrom({}, { type: ["USER_SIGNUP" as const] }, { username: 'Zoë 3 \u2028\n"𝄞' });
const aWalk = fc.record({
  reader: someReader,
  filter: someFilter,
  size: fc.integer({ min: 1, max: 1001 }),
  maxBytes: fc.constantFrom(1, 5_000, 70_000, 300_000, MIB),
  maxScanned: fc.constantFrom(50, 10_000),
});

function aListing(reader: Partial<Reader>, filter: object, page_size: number): ListingQuery {
  const whole = { name: "ann", groups: [], isAuditor: false, isOperator: false, expiresAt: Infinity, ...reader };
  return { reader: whole, scope: ["everything"], query: { page_size, ...filter } };
}

/** Each page after an ID, to the last one. */
async function walk({
  reader,
  filter,
  size,
  ...options
}: typeof aWalk extends fc.Arbitrary<infer Walk> ? Walk : never) {
  const pages = [];
  for (let [after, isLast] = ["0", false]; !isLast;) {
    const page = await fetchLinesAfter(context, aListing(reader, filter, size), after, options);
    expect(page.isLast || page.last !== after).toBe(true);
    [after, isLast] = [page.last, page.isLast];
    pages.push(page);
  }
  return pages;
}

async function expectWhole(walked: Parameters<typeof walk>[0], firstInD1: number) {
  const { reader, filter, size, maxBytes } = walked;
  const listing = aListing(reader, filter, EVENTS);
  const whole = await fetchPageAfter(context, WHOLE_EVENTS, listing, "0", { maxScanned: EVENTS + 1 });
  const pages = await walk(walked);
  const rows = pages.flatMap((page) => page.rows);
  expect(rows.map(({ id }) => id)).toEqual(whole.rows.map(({ id }) => id));
  const jsonOf = new Map(whole.rows.map(({ id, json }) => [id, json]));
  for (const { id, json } of rows) if (json !== null) expect(json).toBe(jsonOf.get(id) ?? json);
  for (const page of pages) {
    const inD1 = page.rows.filter(({ id }) => id >= firstInD1);
    const bytes = inD1.reduce((sum, { json }) => sum + Buffer.byteLength(json ?? "") + 1, 0);
    expect(page.rows.length).toBeLessThanOrEqual(size);
    expect(inD1.length <= 1 || bytes <= maxBytes).toBe(true);
  }
}

describe("pages of lines", () => {
  it("have every event once and in order, however small they are", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(aWalk, (walked) => expectWhole({ ...walked, size: Math.max(walked.size, 5) }, 1)),
      { numRuns: propertyRuns(2) },
    );
  });

  it("end at the last event that fits", async () => {
    const sizes = Array.from({ length: 10 }, (_, number) => number + 1);
    const { rows } = await fetchLinesAfter(context, aListing({ isAuditor: true }, {}, 10), "0", {
      maxBytes: MIB,
      maxScanned: EVENTS,
    });
    for (const count of sizes) {
      const exact = rows.slice(0, count).reduce((sum, { json }) => sum + Buffer.byteLength(json ?? "") + 1, 0);
      for (const [maxBytes, length] of [
        [exact, count],
        [exact - 1, Math.max(1, count - 1)],
      ] as const) {
        const options = { maxBytes, maxScanned: EVENTS };
        const page = await fetchLinesAfter(context, aListing({ isAuditor: true }, {}, 10), "0", options);
        expect(page.rows.map(({ id }) => id)).toEqual(sizes.slice(0, length));
        expect(page).toMatchObject({ last: `${length}`, isLast: false });
      }
    }
  });

  it("have the same events after a part of them has moved to the archive", { timeout: 60_000 }, async () => {
    await moveAllHistory();
    const firstInD1 = await env.DB.prepare("SELECT min(id) FROM events").first<number>("min(id)");
    expect(firstInD1).toBe(513);
    await fc.assert(
      fc.asyncProperty(aWalk, (walked) => expectWhole({ ...walked, size: Math.max(walked.size, 40) }, 513)),
      { numRuns: propertyRuns(2) },
    );
  });
});
