import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { anEvent, aSubscription, someEvents, type SentEvent } from "../support/factories.ts";
import { aQueue } from "../support/queue.ts";
import { aService } from "../support/service.ts";
import { everythingStored, forgetEverything } from "../support/tables.ts";

const queue = aQueue();
const { record, list, subscribe, sweep } = aService({ DELIVERIES: queue.binding, RETRIES: queue.binding });

beforeEach(async () => {
  await forgetEverything();
  queue.sent.length = 0;
});

const recordUnder = (key: string, body: unknown, headers: Record<string, string> = {}) =>
  record(body, { "Idempotency-Key": key, ...headers });

async function recordedNames(): Promise<unknown[]> {
  const { events } = await list("?page_after=0&page_size=500");
  return events.map(({ username }) => username);
}

const hello = anEvent({ username: "hello" });

describe("a request under an Idempotency-Key", () => {
  it("records once, however often it comes, and answers each time with the same Location", async () => {
    const first = await recordUnder("k", hello);
    await record(anEvent({ username: "another" }));
    const replay = await recordUnder("k", hello);

    expect([first.status, replay.status]).toEqual([200, 200]);
    expect(first.headers.get("Location")).toMatch(/^\/api\/v1\/events\/[0-9]+$/);
    expect(replay.headers.get("Location")).toBe(first.headers.get("Location"));
    expect(await replay.text()).toBe("");
    expect(await recordedNames()).toEqual(["hello", "another"]);
  });

  it("records all of an array once", async () => {
    const events = someEvents(3, (index) => ({ username: `user ${index}` }));
    for (let time = 0; time < 2; time++) expect((await recordUnder("k", events)).status).toBe(200);
    expect(await recordedNames()).toEqual(["user 0", "user 1", "user 2"]);
  });

  it("notifies once", async () => {
    await subscribe("shop", [aSubscription()]);
    for (let time = 0; time < 3; time++) await recordUnder("k", anEvent({ state_project: "shop" }));
    expect(queue.hints).toHaveLength(1);
    expect((await everythingStored())["deliveries"]).toHaveLength(1);
  });

  it("records once of four at the same time, and all four get the same answer", async () => {
    await subscribe("shop", [aSubscription()]);
    const event = anEvent({ username: "hello", state_project: "shop" });
    const answers = await Promise.all(Array.from({ length: 4 }, () => recordUnder("k", event)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const locations = new Set(answers.map(({ headers }) => headers.get("Location")));
    expect([...locations]).toEqual([expect.stringMatching(/^\/api\/v1\/events\/[0-9]+$/)]);
    expect(await recordedNames()).toEqual(["hello"]);
    expect(queue.hints).toHaveLength(1);
  });

  it.each<[string, string]>([
    ["another event", JSON.stringify(anEvent({ username: "goodbye" }))],
    ["the same event in other bytes", ` ${JSON.stringify(hello)}`],
    ["the same event in an array", JSON.stringify([hello])],
  ])("is refused with %s, which records nothing", async (_, body) => {
    await recordUnder("k", hello);
    const answer = await recordUnder("k", body);
    expect(answer.status).toBe(422);
    expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
    expect(answer.headers.get("Location")).toBeNull();
    expect(await recordedNames()).toEqual(["hello"]);
    expect((await recordUnder("k", hello)).status).toBe(200);
  });

  it("of two bodies at the same time records one, and refuses the other", async () => {
    const bodies = ["hello", "goodbye"].map((username) => anEvent({ username }));
    const answers = await Promise.all(bodies.map((body) => recordUnder("k", body)));
    expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 422]));
    const winner = bodies[answers.findIndex(({ status }) => status === 200)];
    expect(await recordedNames()).toEqual([winner?.username]);
  });

  it("is the same request from every producer", async () => {
    const [first, second] = env.INTERNAL_TOKEN.split(", ").map((token) => ({ Authorization: `Bearer ${token}` }));
    const one = await recordUnder("k", hello, first);
    const other = await recordUnder("k", hello, second);
    expect(other.headers.get("Location")).toBe(one.headers.get("Location"));
    expect(await recordedNames()).toEqual(["hello"]);
  });

  it("is another request under another key, and without a key each time", async () => {
    for (const key of ["k", "K", "k2"]) await recordUnder(key, hello);
    await record(hello);
    await record(hello);
    expect(await recordedNames()).toEqual(Array(5).fill("hello"));
  });
});

describe("a request that is refused", () => {
  const REFUSED: [number, unknown, Record<string, string>][] = [
    [400, { type: "NO_SUCH_TYPE" }, {}],
    [400, "{", {}],
    [400, [], {}],
    [415, hello, { "Content-Type": "text/plain" }],
    [401, hello, { Authorization: "Bearer no-producer" }],
    [413, { type: "USER_SIGNUP", data: { note: "n".repeat(1024 * 1024) } }, {}],
  ];

  it.each(REFUSED)("with %i uses no key up", async (status, body, headers) => {
    expect((await recordUnder("k", body, headers)).status).toBe(status);
    expect((await recordUnder("k", hello)).status).toBe(200);
    expect(await recordedNames()).toEqual(["hello"]);
  });
});

describe("a key", () => {
  it.each([
    ["k", '"k"'],
    ["8e03978e-40d5-43dd-bc93-6894a57f9324", '"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ["!~", '"!~"'],
    ["k".repeat(255), `"${"k".repeat(255)}"`],
  ])("is the same bare and quoted: %s", async (bare, quoted) => {
    await recordUnder(bare, hello);
    expect((await recordUnder(quoted, hello)).status).toBe(200);
    expect(await recordedNames()).toEqual(["hello"]);
    expect((await recordUnder(quoted, anEvent({ username: "goodbye" }))).status).toBe(422);
  });

  it.each([
    ["empty", ""],
    ["empty in quotes", '""'],
    ["of 256 characters", "k".repeat(256)],
    ["of 256 characters in quotes", `"${"k".repeat(256)}"`],
    ["with a quote that is not closed", '"k'],
    ["that is one quote", '"'],
    ["with something after its quotes", '"k" x'],
    ["with parameters after its quotes", '"k";a=1'],
    ["with a quote inside its quotes", '"k"k"'],
    ["with an escape of nothing", '"k\\k"'],
    ["with a space", "k k"],
    ["with a space in quotes", '"k k"'],
    ["with a tab", "k\tk"],
  ])("%s is refused, and nothing is recorded", async (_, key) => {
    const answer = await recordUnder(key, hello);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ path: "Idempotency-Key" }] });
    expect(Object.values(await everythingStored()).flat()).toEqual([]);
  });
});

describe("a key in time", () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ["Date"], now: new Date("2030-01-01T00:00:00Z") }));
  afterEach(() => vi.useRealTimers());

  const pass = (hours: number) => vi.setSystemTime(Date.now() + hours * 3_600_000);
  const at = (hours: number): SentEvent => anEvent({ username: `at ${hours}` });

  it("holds for 24 hours, and is then as good as new", async () => {
    const first = await recordUnder("k", hello);
    pass(23.99);
    expect((await recordUnder("k", hello)).headers.get("Location")).toBe(first.headers.get("Location"));
    expect((await recordUnder("k", at(23))).status).toBe(422);

    pass(0.02);
    const second = await recordUnder("k", at(24));
    expect(second.status).toBe(200);
    expect(second.headers.get("Location")).not.toBe(first.headers.get("Location"));
    expect((await recordUnder("k", hello)).status).toBe(422);

    pass(23.99);
    expect((await recordUnder("k", at(24))).headers.get("Location")).toBe(second.headers.get("Location"));
    expect(await recordedNames()).toEqual(["hello", "at 24"]);
  });

  it("of four at the same time after it expired records once", async () => {
    await recordUnder("k", hello);
    pass(25);
    await Promise.all(Array.from({ length: 4 }, () => recordUnder("k", hello)));
    expect(await recordedNames()).toEqual(["hello", "hello"]);
  });

  it("is forgotten by the sweep when it has expired, and not before", async () => {
    await recordUnder("old", hello);
    pass(12);
    await recordUnder("young", hello);
    pass(11.99);
    await sweep();
    expect((await everythingStored())["idempotency_keys"]).toHaveLength(2);
    pass(0.02);
    await sweep();
    expect((await everythingStored())["idempotency_keys"]).toMatchObject([{ key: "young" }]);
  });
});
