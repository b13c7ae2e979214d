import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { recordAllBy } from "../support/history.ts";
import { AUDITOR_GROUP, meaningOf, type RecordedEvent } from "../support/model.ts";
import { aService, type Listing } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import {
  aWorld,
  expectedPages,
  goingBack,
  goingOn,
  urlOf,
  type OpenWish,
  type Wish,
} from "../support/query-arbitraries.ts";
import { propertyRuns } from "../support/property-runs.ts";

vi.setConfig({ testTimeout: 60_000 });

const { record, list } = aService({ AUDITOR_GROUPS: AUDITOR_GROUP });
const recordAll = recordAllBy(record);

type World = ReturnType<typeof aWorld> extends fc.Arbitrary<infer Value> ? Value : never;

async function inEveryWorld(property: (world: World) => Promise<void>): Promise<void> {
  const inEmptyTables = async (world: World) => {
    await forgetEverything();
    await property(world);
  };
  await fc.assert(fc.asyncProperty(aWorld(), inEmptyTables), { numRuns: propertyRuns() });
}

const namesOn = ({ events }: Listing) => events.map(({ username }) => username);

/** Goes by the `next` links for as long as there are any, and no further than one empty page. */
async function walk(url: string, reader: Wish): Promise<Listing[]> {
  const pages: Listing[] = [];
  for (let next: string | undefined = url; next !== undefined;) {
    const page: Listing = await list(next, reader);
    pages.push(page);
    if (pages.length > 100) throw new Error(`The links from ${url} go on for ever.`);
    next = page.events.length === 0 ? undefined : page.next;
  }
  return pages;
}

/** One who asks on from where the last answer ended. */
function aFollower(wish: Wish) {
  const follower = {
    wish,
    seen: [] as unknown[],
    next: urlOf(wish),
    async catchUp() {
      const pages = await walk(follower.next, wish);
      follower.seen.push(...pages.flatMap(namesOn));
      follower.next = pages.at(-1)?.next ?? "";
    },
  };
  return follower;
}

describe("a listing, newest first", () => {
  it("is by its links exactly what the reader may see there, in full pages, to the end and no further", async () => {
    await inEveryWorld(async ({ requests, wishes }) => {
      const history = await recordAll(requests);
      for (const wish of wishes.map((open) => goingBack(open, history))) {
        const pages = await walk(urlOf(wish), wish);
        expect(pages.map(namesOn)).toEqual(expectedPages(wish, history));
      }
    });
  });

  it("is not disturbed on the way back by what is recorded meanwhile", async () => {
    await inEveryWorld(async ({ requests, wishes, later }) => {
      const history = await recordAll(requests);
      const firsts: { wish: Wish; next: string | undefined }[] = [];
      for (const wish of wishes.map((open) => goingBack(open, history))) {
        firsts.push({ wish, next: (await list(urlOf(wish), wish)).next });
      }
      await record(later);
      for (const { wish, next } of firsts) {
        const others = next === undefined ? [] : await walk(next, wish);
        expect(others.map(namesOn)).toEqual(expectedPages(wish, history).slice(1));
      }
    });
  });
});

describe("a listing that follows the feed", () => {
  it("is by its links exactly what the reader may see there, oldest first, and always says how to go on", async () => {
    await inEveryWorld(async ({ requests, wishes }) => {
      const history = await recordAll(requests);
      for (const wish of wishes.map((open) => goingOn(open, history))) {
        const pages = await walk(urlOf(wish), wish);
        const expected = expectedPages(wish, history).filter((names) => names.length > 0);
        expect(pages.map(namesOn)).toEqual([...expected, []]);

        let last = wish.after;
        for (const { events, next = "" } of pages) {
          last = events.at(-1)?.id ?? last;
          expect(new URL(next).searchParams.get("page_after")).toBe(last);
        }
      }
    });
  });

  it("misses nothing and repeats nothing while producers go on recording", async () => {
    await inEveryWorld(async ({ requests, wishes }) => {
      let history: RecordedEvent[] = [];
      const followers = wishes.map((open) => aFollower(goingOn({ ...open, pick: 0 }, history)));
      for (const events of requests) {
        history = await recordAll([events], history);
        for (const follower of followers) await follower.catchUp();
      }
      for (const { wish, seen } of followers) expect(seen).toEqual(expectedPages(wish, history).flat());
    });
  });
});

describe("a listing's tag", () => {
  it("stays until something new is visible on that page, and then changes", async () => {
    await inEveryWorld(async ({ requests, wishes, later }) => {
      const history = await recordAll(requests);
      const views = wishes.flatMap((open) => [goingBack(open, history), goingOn(open, history)]);
      const copies: Listing[] = [];
      for (const wish of views) copies.push(await list(urlOf(wish), wish));
      const historyLater = await recordAll([[later]], history);

      for (const [index, wish] of views.entries()) {
        const [before, after] = [expectedPages(wish, history)[0], expectedPages(wish, historyLater)[0]];
        const known = copies[index]?.tag ?? "";
        const again = await list(urlOf(wish), wish, { "If-None-Match": known });
        expect({ status: again.status, names: namesOn(again), hasKnownTag: again.tag === known }).toEqual(
          JSON.stringify(before) === JSON.stringify(after)
            ? { status: 304, names: [], hasKnownTag: true }
            : { status: 200, names: after, hasKnownTag: false },
        );
      }
    });
  });

  it("is never shared by different readers, places, page sizes or cursors", async () => {
    await inEveryWorld(async ({ requests, wishes }) => {
      const history = await recordAll(requests);
      const views = wishes.slice(0, 3).flatMap((open) => variants(open, history));
      const viewOfTag = new Map<string, string>();
      for (const wish of views) {
        const { tag } = await list(urlOf(wish), wish);
        expect(viewOfTag.get(tag) ?? viewOf(wish)).toBe(viewOf(wish));
        viewOfTag.set(tag, viewOf(wish));
      }
    });
  });

  it("counts when it is weak, and as one of several", async () => {
    const reader = { groups: [] };
    const { tag } = await list("", reader);
    for (const header of [`W/${tag}`, `"another", ${tag}`, `W/"another" , W/${tag}`]) {
      expect((await list("", reader, { "If-None-Match": header })).status).toBe(304);
    }
    expect((await list("", reader, { "If-None-Match": `"another", W/"one"` })).status).toBe(200);
  });
});

/** The wish, and others that differ from it in one thing. */
function variants(open: OpenWish, history: RecordedEvent[]): Wish[] {
  const newest: Wish = { ...open };
  const cursors = [0, 1, 2, 3, history.length + 1].flatMap((pick) => [
    goingBack({ ...open, pick }, history),
    goingOn({ ...open, pick }, history),
  ]);
  const groups = [[], ["payments"], ["everyone"], ["payments", "everyone"], [AUDITOR_GROUP]];
  return [
    newest,
    { ...newest, size: open.size + 1 },
    ...cursors,
    ...groups.map((some) => ({ ...newest, groups: some })),
  ];
}

/** What tells one view from another: two ways to ask for the same are the same. */
function viewOf({ groups, place, size, before, after }: Wish): string {
  const readers = groups.includes(AUDITOR_GROUP) ? "auditors" : groups.toSorted();
  return JSON.stringify([readers, meaningOf(place), size, before ?? null, after ?? null]);
}
