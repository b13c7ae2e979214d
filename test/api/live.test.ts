import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { signedBySecret } from "../auth/tokens.ts";
import { anEvent } from "../support/factories.ts";
import { problemOf } from "../support/problems.ts";
import { aService } from "../support/service.ts";
import { messagesIn } from "../support/streams.ts";
import { tokenOf } from "../support/tokens.ts";

const service = aService();
const LIVE = "text/event-stream";

async function get(query: string, headers: Record<string, string> = {}): Promise<Response> {
  const Authorization = `Bearer ${await tokenOf({ groups: ["team"] })}`;
  return service.request(`/api/v1/events/query/${query}`, { headers: { Accept: LIVE, Authorization, ...headers } });
}

/** Returns the text of the stream up to its first `events` events. Without `events`, returns its first part. */
async function beginning({ body }: Response, events = 0): Promise<string> {
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = "";
  do {
    const { value, done } = await reader.read();
    if (done) throw new Error(`It ended with ${text}`);
    text += decoder.decode(value, { stream: true });
  } while (messagesIn(text).events.length < events);
  await reader.cancel();
  return text;
}

const ids: string[] = [];

beforeAll(async () => {
  for (const username of ["a", "b", "c"]) {
    const response = await service.record(anEvent({ username, state_project: "shop", allowed_groups: ["team"] }));
    ids.push(response.headers.get("Location")?.split("/").at(-1) ?? "");
    await service.record(anEvent({ username: "hidden", allowed_groups: ["others"] }));
  }
});

describe("a live listing", () => {
  it("says that it is not to be kept, nor held back on its way", async () => {
    const response = await get("");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "private, no-store, no-transform",
      "x-accel-buffering": "no",
      vary: "Accept, Authorization, X-Escape-Token, Cookie",
      "x-d1-bookmark": expect.stringMatching(/^[0-9a-f-]{59}$/),
    });
    expect(response.headers.get("ETag")).toBeNull();
    await response.body?.cancel();
  });

  it("begins with how to come back, and with the newest event that its reader may see", async () => {
    const text = await beginning(await get(""));
    expect(text).toMatch(/^retry: [12][0-9]{3}\nevent: position\nid: [0-9]+\ndata:\n\n$/);
    expect(messagesIn(text)).toEqual({ events: [], last: ids[2] });
    expect(messagesIn(await beginning(await get("project/nowhere/")))).toEqual({ events: [], last: "0" });
  });

  it.each<[string, Record<string, string>, string[]]>([
    ["?page_after=0", {}, ["a", "b", "c"]],
    ["", { "Last-Event-ID": "0" }, ["a", "b", "c"]],
    ["project/shop/", { "Last-Event-ID": "0" }, ["a", "b", "c"]],
    ["?page_after=0", { "Last-Event-ID": "" }, ["a", "b", "c"]], // from a client that has seen no event yet
    ["?lastEventId=0", {}, ["a", "b", "c"]],
    ["?lastEventId=0&page_after=99999999", {}, ["a", "b", "c"]],
    ["?lastEventId=99999999", { "Last-Event-ID": "0" }, ["a", "b", "c"]],
    ["?page_after=0&lastEventId=", { "Last-Event-ID": "" }, ["a", "b", "c"]],
    ["?page_after=0&username=b", {}, ["b"]],
    ["?page_after=0&page_size=1", {}, ["a", "b", "c"]],
  ])("at %j, with %j, goes on from there", async (query, headers, names) => {
    const { events } = messagesIn(await beginning(await get(query, headers), names.length));
    expect(events.map(({ username }) => username)).toEqual(names);
  });

  it("goes on from Last-Event-ID rather than from page_after, which a client repeats when it comes back", async () => {
    const { events } = messagesIn(await beginning(await get("?page_after=0", { "Last-Event-ID": ids[1] ?? "" }), 1));
    expect(events).toMatchObject([{ id: ids[2], username: "c" }]);
  });

  it("has in each message the event as it is listed, on one line, under its ID", async () => {
    await service.record(
      `{"type":"ADD_BUILD","username":"line\\nbreak\\r","state_project":"lines",
        "data":{"text":"a\\r\\nb\\n\\nid: 7\\n\\ndata: x\\u2028",
          "n":12345678901234567890}}`,
    );
    const json = await (await get("project/lines/", { Accept: "application/json" })).text();
    const event = json.slice(1, -1);
    const { id } = JSON.parse(event);
    expect(await beginning(await get("project/lines/?page_after=0"), 1)).toContain(`\n\nid: ${id}\ndata: ${event}\n\n`);
  });

  it("ends after as many events as limit says, whole", async () => {
    const response = await get("?page_after=0&limit=2");
    const { events } = messagesIn(await response.text());
    expect(events.map(({ username }) => username)).toEqual(["a", "b"]);
  });

  it("ends with its reader's token", async () => {
    const exp = Math.floor(Date.now() / 1000) - 5; // within the clock's tolerance
    const Authorization = `Bearer ${await signedBySecret({ groups: ["team"], exp }, env.JWT_SECRET)}`;
    for (const _ of ["verified", "remembered"]) {
      const { events, last } = messagesIn(await (await get("project/shop/?page_after=0", { Authorization })).text());
      expect(events).toHaveLength(3);
      expect(last).toBe(ids[2]);
    }
  });
});

describe("a live listing refuses", () => {
  it.each(["x", "-1", "01", "1, 2", "10000000000000000000"])("the Last-Event-ID %j", async (id) => {
    const { status, errors } = await problemOf(await get("", { "Last-Event-ID": id }));
    expect({ status, errors }).toMatchObject({ status: 400, errors: [{ path: "Last-Event-ID" }] });
  });

  it("page_from, for it goes forward", async () => {
    expect(await problemOf(await get("?page_from=5"))).toMatchObject({ status: 400, errors: [{ path: "page_from" }] });
  });

  it.each([
    "limit=0",
    "limit=1&limit=2",
    "page_after=x",
    "page_size=0",
    "lastEventId=x",
    "lastEventId=1&lastEventId=2",
  ])("%s", async (query) => {
    expect(await problemOf(await get(`?${query}`))).toMatchObject({ status: 400 });
  });

  it("no bookmark that D1 does not know", async () => {
    const bookmark = "ffffffff-ffffffff-ffffffff-ffffffffffffffffffffffffffffffff";
    const response = await get("project/shop/?page_after=0", { "x-d1-bookmark": bookmark });
    expect(messagesIn(await beginning(response, 3)).events).toHaveLength(3);
  });
});
