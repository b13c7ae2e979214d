import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_STREAM_QUERIES } from "../../src/domain/events/stream-limits.ts";
import { MAX_LIMIT, MAX_PAGE_SIZE } from "../../src/schemas/page.ts";
import { aName } from "../support/arbitraries.ts";
import { someEvents, type SentEvent } from "../support/factories.ts";
import { problemOf } from "../support/problems.ts";
import { aService, listingPath } from "../support/service.ts";
import { linesIn, recordsIn, textOf } from "../support/streams.ts";
import { forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";
import { propertyRuns } from "../support/property-runs.ts";

vi.setConfig({ testTimeout: 30_000 });

const service = aService();
const NDJSON = "application/x-ndjson";
const CSV = "text/csv";

async function get(path: string, Accept = NDJSON, groups: string[] = []): Promise<Response> {
  const Authorization = `Bearer ${await tokenOf({ groups })}`;
  return service.request(`/api/v1/events/query/${path}`, { headers: { Authorization, Accept } });
}

async function record(events: SentEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += 100) {
    expect((await service.record(events.slice(start, start + 100))).status).toBe(200);
  }
}

/** Records the queries to D1 from now on. */
function watchingD1() {
  const statement: D1PreparedStatement = Object.getPrototypeOf(env.DB.prepare("SELECT 1"));
  return vi.spyOn(statement, "all");
}

const OUT_OF_ORDER = new Error("D1_ERROR: out of order");

const reading = (response: Response) => (response.body as ReadableStream<Uint8Array>).getReader();

afterEach(() => void vi.restoreAllMocks());

describe("a whole listing", () => {
  beforeAll(async () => {
    await forgetEverything();
    await record(someEvents(1200, (index) => ({ username: `${index}`, state_project: "shop" })));
    await record(someEvents(3, () => ({ username: "hidden", state_project: "shop", allowed_groups: ["ops"] })));
  });

  it.each([
    [NDJSON, linesIn],
    [CSV, recordsIn],
  ])("as %s is all there is, newest first, or after an ID, oldest first", async (type, read) => {
    const { events } = read(await textOf(await get("", type)));
    expect(events.map(({ username }) => username)).toEqual(
      Array.from({ length: 1200 }, (_, index) => `${1199 - index}`),
    );
    const following = read(await textOf(await get("?page_after=0", type)));
    expect(following.events).toEqual(events.toReversed());
    expect(read(await textOf(await get("", type, ["ops"]))).events).toHaveLength(1203);
  });

  it("as NDJSON is the events as the JSON listing has them, byte for byte", async () => {
    const lines = await textOf(await get("?limit=50"));
    const page = await (await get("", "application/json")).text();
    expect(`[${lines.trimEnd().split("\n").join(",")}]`).toBe(page);
  });

  it("of nothing is empty, and as CSV its header alone", async () => {
    expect(await textOf(await get("project/nowhere/"))).toBe("");
    expect(await textOf(await get("project/nowhere/", CSV))).toBe(
      '"id","type","timestamp","time","username","inventory_project","inventory_application","inventory_version",' +
        '"state_project","state_environment","state_deployment","allowed_groups","data","recorded_at"\r\n',
    );
  });

  it("reads pages of page_size, or of the maximum by default", async () => {
    const queries = watchingD1();
    await textOf(await get(""));
    expect(queries).toHaveBeenCalledTimes(3);
    await textOf(await get("?page_size=200"));
    expect(queries).toHaveBeenCalledTimes(3 + 6);
  });

  it.each([1, 7, 500, 501, 1200, 1201, MAX_LIMIT])("holds at most limit=%i", async (limit) => {
    for (const query of [`?limit=${limit}`, `?limit=${limit}&page_size=7&page_after=0`]) {
      expect(linesIn(await textOf(await get(query))).events).toHaveLength(Math.min(limit, 1200));
    }
  });

  it.each(["", "0", "-1", "1.5", "01", "abc", "450001", "1000000", "1&limit=2"])("refuses limit=%s", async (limit) => {
    for (const type of [NDJSON, CSV]) {
      const { status, errors } = await problemOf(await get(`?limit=${limit}`, type));
      expect({ status, errors }).toMatchObject({ status: 400, errors: [{ path: "limit" }] });
    }
    const page = await get(`?limit=${limit}`, "application/json");
    expect([page.status, (await page.json<unknown[]>()).length]).toEqual([200, 50]);
  });

  it("may hold in one stream what its largest limit says", () => {
    expect(MAX_LIMIT).toBeLessThanOrEqual(MAX_STREAM_QUERIES * MAX_PAGE_SIZE);
  });

  it.each(["page_size=501", "page_from=x", "page_from=1&page_after=1", "since=x"])("refuses %s", async (query) => {
    expect(await problemOf(await get(`?${query}`))).toMatchObject({ status: 400 });
  });

  it("is not cached, and has a bookmark and no ETag", async () => {
    const { headers, body } = await get("");
    await body?.cancel();
    expect(headers.get("Cache-Control")).toBe("private, no-store");
    expect(headers.get("ETag")).toBeNull();
    expect(headers.get("x-d1-bookmark")).toMatch(/^[0-9a-f-]{59}$/);
    expect(headers.get("Content-Type")).toBe(NDJSON);
    expect((await get("?limit=1", CSV)).headers.get("Content-Type")).toBe("text/csv; charset=utf-8; header=present");
  });

  it("looks past what its filters leave out, however much that is", async () => {
    const { events } = linesIn(await textOf(await get("?username=3&page_size=1")));
    expect(events).toMatchObject([{ username: "3" }]);
    expect(linesIn(await textOf(await get("?type=ADD_BUILD"))).events).toEqual([]);
  });
});

describe("a stream's reader", () => {
  it("is never read ahead of: D1 is asked for a page when the one before was taken", async () => {
    const queries = watchingD1();
    const reader = reading(await get("?page_size=10"));
    for (let page = 1; page <= 5; page++) {
      const { value } = await reader.read();
      expect(linesIn(new TextDecoder().decode(value)).events).toHaveLength(10);
      await scheduler.wait(20); // by this time, a page that is read ahead would have been read
      expect(queries.mock.calls.length).toBeLessThanOrEqual(page + 1);
    }
    await reader.cancel();
  });

  it("that has disconnected causes no more queries", async () => {
    const queries = watchingD1();
    const reader = reading(await get("?page_size=10"));
    await reader.read();
    await reader.cancel();
    const asked = queries.mock.calls.length;
    await scheduler.wait(50);
    expect(queries).toHaveBeenCalledTimes(asked);
  });

  it("gets a transport error if D1 fails on the way, and can continue from the last line", async () => {
    const reader = reading(await get("?page_size=100"));
    const read = async () => linesIn(new TextDecoder().decode((await reader.read()).value));
    const seen = [await read(), await read()];
    const queries = watchingD1().mockRejectedValue(OUT_OF_ORDER);
    await expect(reader.read()).rejects.toThrow("out of order");
    queries.mockRestore();
    const rest = linesIn(await textOf(await get(`?page_from=${seen.at(-1)?.last}`)));
    const names = [...seen, rest].flatMap(({ events }) => events.map(({ username }) => username));
    expect(names).toEqual(Array.from({ length: 1200 }, (_, index) => `${1199 - index}`));
  });

  it("gets a problem if D1 fails at once", async () => {
    watchingD1().mockRejectedValue(OUT_OF_ORDER);
    expect(await problemOf(await get(""))).toMatchObject({ status: 500 });
  });

  it("gets a transport error if the invocation may send no more queries, and continues from there", async () => {
    const queries = watchingD1();
    const reader = reading(await get("?page_size=1", CSV));
    let body = "";
    const readOn = async () => {
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
        body += new TextDecoder().decode(chunk.value);
      }
    };
    await expect(readOn()).rejects.toThrow("more than 900 queries");
    expect(queries).toHaveBeenCalledTimes(MAX_STREAM_QUERIES);
    const { events, last } = recordsIn(body);
    expect(events).toHaveLength(900);
    expect(recordsIn(await textOf(await get(`?page_from=${last}`, CSV))).events).toHaveLength(300);
  });
});

/** Removes the apostrophes that guard possible formulas. A name may also contain such an apostrophe itself. */
function withoutGuards(cell: string): string {
  return cell
    .replace(/^'(?=[\s\p{Cc}\p{Cf}]*'*[=+\-@＝＋－＠]|[\t\r\n\0])/u, "")
    .replace(/(?<=[;\t\r\n][\s\p{Cc}\p{Cf}"]*)'+(?=[=+\-@＝＋－＠])/gu, "");
}

describe("a record of CSV", () => {
  beforeEach(forgetEverything);

  it("has each field in its column, with all digits", async () => {
    await service.record(
      `{"type":"ADD_BUILD","timestamp":1763859600123456789,"username":"ann","inventory_project":"p",
        "inventory_application":"a","inventory_version":"1.10","state_project":"sp","state_environment":"se",
        "state_deployment":"sd","allowed_groups":["a,b","\\"c\\""],"data":{"n":12345678901234567890,"d":1.10}}`,
    );
    const { events } = recordsIn(await textOf(await get("", CSV, ["a,b"])));
    expect(events).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        type: "ADD_BUILD",
        timestamp: "1763859600123456789",
        time: "2025-11-23T01:00:00.123456789Z",
        username: "ann",
        inventory_project: "p",
        inventory_application: "a",
        inventory_version: "1.10",
        state_project: "sp",
        state_environment: "se",
        state_deployment: "sd",
        allowed_groups: '["a,b","\\"c\\""]',
        data: '{"n":12345678901234567890,"d":1.10}',
        recorded_at: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    ]);
  });

  it.each(["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", " =", "\u00A0@", "\uFEFF="])(
    "that begins with %j is text to a spreadsheet",
    async (start) => {
      for (const rest of ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("x")\n2', "1\r\n2", ""]) {
        await forgetEverything();
        await record(someEvents(1, () => ({ username: `${start}${rest}` })));
        const { events } = recordsIn(await textOf(await get("", CSV)));
        expect(events).toMatchObject([{ username: expect.stringMatching(/^'/) }]);
        expect(withoutGuards(String(events[0]?.["username"]))).toBe(`${start}${rest}`);
      }
    },
  );

  it("keeps any name, on a line of its own", async () => {
    const hostile = fc.oneof(
      aName(),
      fc.string({ unit: fc.constantFrom(",", '"', "\r", "\n", ";", "\t", " ", "=", "a"), minLength: 1, maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 5 }), async (names) => {
        await forgetEverything();
        await record(
          names.map((username) => ({ type: "USER_SIGNUP", username, state_project: "p", data: { username } })),
        );
        const { events } = recordsIn(await textOf(await get("?page_after=0", CSV)));
        expect(events.map(({ username }) => withoutGuards(String(username)))).toEqual(names.map(withoutGuards));
        expect(events.map(({ data }) => JSON.parse(String(data)).username)).toEqual(names);
      }),
      { numRuns: propertyRuns() },
    );
  });
});

describe("the file's name", () => {
  it.each([
    ["", "events"],
    [listingPath("project", "shop", "live", "api"), "events-state-shop-live-api"],
    [listingPath("inventory", "web", "app", "1.10"), "events-inventory-web-app-1.10"],
    ["?state_project=shop", "events-state-shop"],
  ])("of %j says what is in it", async (path, name) => {
    const { headers } = await get(path, CSV);
    expect(headers.get("Content-Disposition")).toBe(
      `attachment; filename="${name}.csv"; filename*=UTF-8''${encodeURIComponent(name)}.csv`,
    );
    expect((await get(path)).headers.get("Content-Disposition")).toContain(`filename="${name}.ndjson"`);
  });

  it("keeps any script, in the form that has room for it", async () => {
    const { headers } = await get(listingPath("project", "магазин (é) 🛍️"), CSV);
    const [, plain, extended = ""] =
      /^attachment; filename="([\w.-]+)"; filename\*=UTF-8''(\S+)$/.exec(headers.get("Content-Disposition") ?? "") ??
      [];
    expect(plain).toMatch(/^events-state-_+--[0-9a-f]{10}\.csv$/);
    expect(decodeURIComponent(extended)).toBe("events-state-магазин (é) 🛍️.csv");
  });

  it("is different for different scopes, in both encodings, also if a file system ignores case", async () => {
    const projects = "магазин|прилавок|お店|a/b|a:b|a_b|Shop|shop|shop |shop\u200B|e\u0301|é|a-b|CON|con|.hidden".split(
      "|",
    );
    for (const letter of ["x", "店"]) projects.push(letter.repeat(200), `${letter.repeat(200)}y`);
    const places = projects.map((name) => listingPath("project", name));
    places.push(listingPath("project", "a", "b"), listingPath("inventory", "a-b"), listingPath("project"), "");
    const names: [plain: string, extended: string][] = [];
    for (const place of places) {
      const { headers, body } = await get(place, CSV);
      await body?.cancel();
      const [, plain = "", extended = ""] =
        /filename="([\w.-]+)"; filename\*=UTF-8''(\S+)$/.exec(headers.get("Content-Disposition") ?? "") ?? [];
      names.push([plain, decodeURIComponent(extended)]);
    }
    for (const form of [0, 1] as const) {
      const folded = names.map((pair) => pair[form].normalize("NFKC").toLowerCase());
      expect(new Set(folded).size, folded.join()).toBe(places.length);
      for (const name of folded) expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(255);
    }
  });

  it("is the same one each time", async () => {
    const dispositions = await Promise.all(
      [1, 2].map(async () => {
        const { headers, body } = await get(listingPath("project", "магазин"), CSV);
        await body?.cancel();
        return headers.get("Content-Disposition");
      }),
    );
    expect(dispositions[0]).toBe(dispositions[1]);
  });

  it("is safe for any name of a project", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(aName(), fc.string({ unit: "binary", minLength: 90, maxLength: 200 })),
        async (name) => {
          const { headers, body } = await get(listingPath("project", name), CSV);
          await body?.cancel();
          const disposition = headers.get("Content-Disposition") ?? "";
          const [, plain, extended = ""] =
            /^attachment; filename="([\w.-]+)"; filename\*=UTF-8''([\w!#$&+.^`|~%-]+)$/.exec(disposition) ?? [];
          expect(plain).toMatch(/^events-state-[^/\\]*\.csv$/);
          const said = decodeURIComponent(extended);
          expect(said).toMatch(/^events-state-[^/\\:*?"<>|\p{Cc}\p{Cf}]*\.csv$/su);
          expect(said.length).toBeLessThan(120);
        },
      ),
      { numRuns: propertyRuns(5) },
    );
  });
});
