import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { anEvent } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";

/** The bookmark or constraint of each session of D1 that was opened for a listing. */
const opened: (string | undefined)[] = [];

/** The real D1. It records how its sessions are opened. */
const watched: D1Database = new Proxy(env.DB, {
  get(db, name) {
    if (name !== "withSession") return Reflect.get(db, name, db) as unknown;
    return (start?: string) => {
      if (start !== "first-primary") opened.push(start);
      return db.withSession(start);
    };
  },
});
const { request, record } = aService({ DB: watched });

const list = async (headers: Record<string, string> = {}) =>
  request("/api/v1/events/query/", { headers: { Authorization: `Bearer ${await tokenOf({})}`, ...headers } });
const bookmarkOf = ({ headers }: Response) => headers.get("x-d1-bookmark") ?? "";

beforeEach(async () => {
  await forgetEverything();
  opened.length = 0;
});

it("a listing without a bookmark reads from the nearest replica", async () => {
  await list();
  expect(opened).toEqual(["first-unconstrained"]);
});

it("a producer reads its own writes: recording answers with a bookmark, and a listing is at least that fresh", async () => {
  const written = bookmarkOf(await record(anEvent()));
  const read = await list({ "x-d1-bookmark": written });
  expect(opened).toEqual([written]);
  expect(await read.json()).toHaveLength(1);
});

it("reads never go back in time for a client that sends the bookmark of each response with its next request", async () => {
  let bookmark = bookmarkOf(await record(anEvent()));
  for (let round = 1; round <= 3; round++) {
    await record(anEvent());
    const read = await list({ "x-d1-bookmark": bookmark });
    expect(opened.at(-1)).toBe(bookmark);
    expect(bookmarkOf(read) >= bookmark).toBe(true); // bookmarks sort by time
    expect(await read.json()).toHaveLength(round + 1);
    bookmark = bookmarkOf(read);
  }
});
