import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { HISTORIES, recordAllBy } from "../support/history.ts";
import { AUDITOR_GROUP, resolvePlace, type RecordedEvent } from "../support/model.ts";
import { aService, type Listing } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import {
  aListingCase,
  expectedPages,
  pagingBack,
  pagingForward,
  urlOf,
  type OpenQuery,
  type ListingQuery,
} from "../support/query-arbitraries.ts";
import { propertyRuns } from "../support/property-runs.ts";

vi.setConfig({ testTimeout: 60_000 });

const { record, list } = aService({ AUDITOR_GROUPS: AUDITOR_GROUP });

type ListingCase = ReturnType<typeof aListingCase> extends fc.Arbitrary<infer Value> ? Value : never;

async function forAllCases(property: (listingCase: ListingCase) => Promise<void>): Promise<void> {
  const inEmptyTables = async (listingCase: ListingCase) => {
    await forgetEverything();
    await property(listingCase);
  };
  await fc.assert(fc.asyncProperty(aListingCase(), inEmptyTables), { numRuns: propertyRuns() });
}

const namesOn = ({ events }: Listing) => events.map(({ username }) => username);

/** Follows the `next` links until a page is empty or has no link. */
async function walk(url: string, reader: ListingQuery): Promise<Listing[]> {
  const pages: Listing[] = [];
  for (let next: string | undefined = url; next !== undefined;) {
    const page: Listing = await list(next, reader);
    pages.push(page);
    if (pages.length > 100) throw new Error(`The links from ${url} never end.`);
    next = page.events.length === 0 ? undefined : page.next;
  }
  return pages;
}

/** A client that continues from the `next` link of the last page. */
function aFollower(query: ListingQuery) {
  const follower = {
    query,
    seen: [] as unknown[],
    next: urlOf(query),
    async catchUp() {
      const pages = await walk(follower.next, query);
      follower.seen.push(...pages.flatMap(namesOn));
      follower.next = pages.at(-1)?.next ?? "";
    },
  };
  return follower;
}

describe.each(HISTORIES)("with a history %s,", (_history, move) => {
  const recordAll = recordAllBy(record, move);

  describe("a listing, newest first", () => {
    it("gives, by its links, exactly the events that the reader may see, in full pages", async () => {
      await forAllCases(async ({ requests, queries }) => {
        const history = await recordAll(requests);
        for (const query of queries.map((open) => pagingBack(open, history))) {
          const pages = await walk(urlOf(query), query);
          expect(pages.map(namesOn)).toEqual(expectedPages(query, history));
        }
      });
    });

    it("gives the same older pages if events are recorded in the meantime", async () => {
      await forAllCases(async ({ requests, queries, later }) => {
        const history = await recordAll(requests);
        const firsts: { query: ListingQuery; next: string | undefined }[] = [];
        for (const query of queries.map((open) => pagingBack(open, history))) {
          firsts.push({ query, next: (await list(urlOf(query), query)).next });
        }
        await record(later);
        for (const { query, next } of firsts) {
          const others = next === undefined ? [] : await walk(next, query);
          expect(others.map(namesOn)).toEqual(expectedPages(query, history).slice(1));
        }
      });
    });
  });

  describe("a listing that follows the feed", () => {
    it("gives, by its links, exactly the events that the reader may see, oldest first, and each page has a link", async () => {
      await forAllCases(async ({ requests, queries }) => {
        const history = await recordAll(requests);
        for (const query of queries.map((open) => pagingForward(open, history))) {
          const pages = await walk(urlOf(query), query);
          const expected = expectedPages(query, history).filter((names) => names.length > 0);
          expect(pages.map(namesOn)).toEqual([...expected, []]);

          let last = query.after;
          for (const { events, next = "" } of pages) {
            last = events.at(-1)?.id ?? last;
            expect(new URL(next).searchParams.get("page_after")).toBe(last);
          }
        }
      });
    });

    it("misses nothing and repeats nothing while producers record events", async () => {
      await forAllCases(async ({ requests, queries }) => {
        let history: RecordedEvent[] = [];
        const followers = queries.map((open) => aFollower(pagingForward({ ...open, pick: 0 }, history)));
        for (const events of requests) {
          history = await recordAll([events], history);
          for (const follower of followers) await follower.catchUp();
        }
        for (const { query, seen } of followers) expect(seen).toEqual(expectedPages(query, history).flat());
      });
    });
  });

  describe("the ETag of a listing", () => {
    it("changes exactly when a new event is visible on that page", async () => {
      await forAllCases(async ({ requests, queries, later }) => {
        const history = await recordAll(requests);
        const views = queries.flatMap((open) => [pagingBack(open, history), pagingForward(open, history)]);
        const copies: Listing[] = [];
        for (const query of views) copies.push(await list(urlOf(query), query));
        const historyLater = await recordAll([[later]], history);

        for (const [index, query] of views.entries()) {
          const [before, after] = [expectedPages(query, history)[0], expectedPages(query, historyLater)[0]];
          const known = copies[index]?.tag ?? "";
          const again = await list(urlOf(query), query, { "If-None-Match": known });
          expect({ status: again.status, names: namesOn(again), hasKnownTag: again.tag === known }).toEqual(
            JSON.stringify(before) === JSON.stringify(after)
              ? { status: 304, names: [], hasKnownTag: true }
              : { status: 200, names: after, hasKnownTag: false },
          );
        }
      });
    });

    it("differs for different readers, places, page sizes or cursors", async () => {
      await forAllCases(async ({ requests, queries }) => {
        const history = await recordAll(requests);
        const views = queries.slice(0, 3).flatMap((open) => variants(open, history));
        const viewOfTag = new Map<string, string>();
        for (const query of views) {
          const { tag } = await list(urlOf(query), query);
          expect(viewOfTag.get(tag) ?? viewOf(query)).toBe(viewOf(query));
          viewOfTag.set(tag, viewOf(query));
        }
      });
    });

    it("matches as a weak tag, and as one of several tags", async () => {
      const reader = { groups: [] };
      const { tag } = await list("", reader);
      for (const header of [`W/${tag}`, `"another", ${tag}`, `W/"another" , W/${tag}`]) {
        expect((await list("", reader, { "If-None-Match": header })).status).toBe(304);
      }
      expect((await list("", reader, { "If-None-Match": `"another", W/"one"` })).status).toBe(200);
    });
  });
});

/** The query, and others that differ from it in one field. */
function variants(open: OpenQuery, history: RecordedEvent[]): ListingQuery[] {
  const newest: ListingQuery = { ...open };
  const cursors = [0, 1, 2, 3, history.length + 1].flatMap((pick) => [
    pagingBack({ ...open, pick }, history),
    pagingForward({ ...open, pick }, history),
  ]);
  const groups = [[], ["payments"], ["everyone"], ["payments", "everyone"], [AUDITOR_GROUP]];
  return [
    newest,
    { ...newest, size: open.size + 1 },
    ...cursors,
    ...groups.map((some) => ({ ...newest, groups: some })),
  ];
}

/** Identifies a view. Two queries for the same events have the same view. */
function viewOf({ groups, place, size, before, after }: ListingQuery): string {
  const readers = groups.includes(AUDITOR_GROUP) ? "auditors" : groups.toSorted();
  return JSON.stringify([readers, resolvePlace(place), size, before ?? null, after ?? null]);
}
