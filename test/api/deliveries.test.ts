import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Delivery, DeliveryHistory } from "../../src/schemas/delivery.ts";
import { redeliver } from "../../src/domain/deliveries/list-deliveries.ts";
import { anEvent, aWebhook, aWorld, OWNER as SHOP_OWNER, type World } from "../domain/deliveries/world.ts";
import { costOf } from "../support/cost.ts";
import { problemOf } from "../support/problems.ts";
import { aService } from "../support/service.ts";
import { tokenOf } from "../support/tokens.ts";

const service = aService({ AUDITOR_GROUPS: "audit" });
const OWNER = ["project:shop:global:owner"];
let world: World;

beforeEach(async () => {
  world = await aWorld({ RETRY_SCHEDULE: "5" });
});

async function ask(path: string, groups = OWNER, method = "GET"): Promise<Response> {
  return service.request(`/api/v1/events/deliveries/${path}`, {
    method,
    headers: { Authorization: `Bearer ${await tokenOf({ groups })}` },
  });
}

async function listed(query = "", groups = OWNER): Promise<Delivery[]> {
  const response = await ask(`project/shop/${query}`, groups);
  expect(response.status).toBe(200);
  return response.json();
}

/** Makes two subscriptions and records three events. One receiver is healthy. The other one responds with 500. */
async function someHistory(): Promise<void> {
  await world.subscribe(aWebhook({ url: "https://well.example.com/" }), aWebhook({ url: "https://ill.example.com/" }));
  await world.record(anEvent(), anEvent(), anEvent());
  world.answer = ({ url }) => new Response(`see ${url}secret?t=1 please`, { status: url.includes("ill") ? 500 : 200 });
  await world.deliver();
}

describe("a project's deliveries", () => {
  it("are listed newest first, page by page, each exactly once", async () => {
    await someHistory();
    const all = await listed();
    expect(all.map(({ id }) => Number(id))).toEqual([6, 5, 4, 3, 2, 1]);

    const walked: Delivery[] = [];
    let query: string | undefined = "?page_size=2&state=pending";
    while (query !== undefined) {
      const response = await ask(`project/shop/${query}`);
      walked.push(...(await response.json<Delivery[]>()));
      const link = /^<(.*)>; rel="next"$/.exec(response.headers.get("Link") ?? "")?.[1];
      query = link === undefined ? undefined : new URL(link).search;
    }
    expect(walked).toEqual(all.filter(({ state }) => state === "pending"));
    expect(walked).toHaveLength(3);
  });

  it("are narrowed by state, subscription and event, alone and together", async () => {
    await someHistory();
    const all = await listed();
    const [well, ill] = await world.subscriptions();
    const wanted = (matches: (delivery: Delivery) => boolean) => all.filter(matches);
    expect(await listed("?state=delivered")).toEqual(wanted(({ state }) => state === "delivered"));
    expect(await listed("?state=failed")).toEqual([]);
    expect(await listed(`?subscription=${ill?.id}`)).toEqual(
      wanted(({ subscription_id }) => subscription_id === `${ill?.id}`),
    );
    expect(await listed("?event=2")).toEqual(wanted(({ event_id }) => event_id === "2"));
    expect(await listed(`?event=2&state=pending&subscription=${ill?.id}`)).toHaveLength(1);
    expect(await listed(`?event=2&state=pending&subscription=${well?.id}`)).toEqual([]);
    expect(await listed("?page_from=3")).toEqual(wanted(({ id }) => Number(id) < 3));
  });

  it("cost what the page costs, however rare the state and however many there are", async () => {
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    await world.context.db
      .prepare(
        `INSERT INTO deliveries (event_id, subscription_id, project, state, next_attempt_at, sweep_at, created_at)
        WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        SELECT i, 1, 'shop', 'delivered', 0, 0, 0 FROM n`,
      )
      .run();
    for (const query of [
      "",
      "?state=pending",
      "?subscription=1&state=pending",
      "?state=failed",
      "?subscription=1",
      "?event=1",
    ]) {
      const { rowsRead, queries } = costOf(await ask(`project/shop/${query}`));
      expect([query, queries]).toEqual([query, 1]);
      expect(rowsRead).toBeLessThanOrEqual(300);
    }
  });

  it.each([
    ["page_size=0", "page_size"],
    ["page_size=501", "page_size"],
    ["page_from=x", "page_from"],
    ["state=lost", "state"],
    ["state=failed&state=held", "state"],
    ["subscription=x", "subscription"],
    ["event=", "event"],
    ["event=%zz", "query"],
  ])("refuse %s", async (query, path) => {
    expect(await problemOf(await ask(`project/shop/?${query}`))).toMatchObject({ status: 400, errors: [{ path }] });
  });

  it.each([
    [["project:shop:global:read"], 200],
    [["project:shop:global:write"], 200],
    [["audit"], 200],
    [["project:other:global:owner"], 403],
    [[], 403],
  ])("are for %j: %i", async (groups, status) => {
    expect((await ask("project/shop/", groups)).status).toBe(status);
  });

  it("get a 403 and no validation errors for a reader without a role", async () => {
    expect((await problemOf(await ask("project/shop/?page_size=0", []))).status).toBe(403);
  });
});

describe("a delivery", () => {
  it("lists each attempt, and for owners the receiver's response without the paths of its URLs", async () => {
    await someHistory();
    world.elapse(5);
    await world.deliver();
    const [failed] = await listed("?state=failed");
    const history = await (await ask(`${failed?.id}/`)).json<DeliveryHistory>();
    const attempt = { outcome: "retry", status: 500, reason: "responded with 500", duration_ms: 0 };
    expect(history).toEqual({
      ...failed,
      attempts: 2,
      history: [
        {
          ...attempt,
          number: 1,
          started_at: "2026-11-23T00:00:00.000Z",
          next_attempt_at: "2026-11-23T00:00:05.000Z",
          response: "see https://ill.example.com please",
        },
        {
          ...attempt,
          number: 2,
          started_at: "2026-11-23T00:00:05.000Z",
          response: "see https://ill.example.com please",
        },
      ],
    });
    const toOthers = await (await ask(`${failed?.id}`, ["project:shop:global:read"])).text();
    expect(toOthers).not.toContain("please");
  });

  it("with many attempts lists the newest 200, oldest first", async () => {
    await someHistory();
    await env.DB.prepare(
      `INSERT INTO attempts (delivery_id, number, started_at, outcome)
      WITH RECURSIVE n (i) AS (VALUES (10) UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT 1, i, 0, 'lost' FROM n`,
    ).run();
    const { history } = await (await ask("1")).json<DeliveryHistory>();
    expect(history.map(({ number }) => number)).toEqual(Array.from({ length: 200 }, (_, index) => 801 + index));
  });

  it.each(["999", "x", "0", "9223372036854775808"])("of the unknown ID %s is 404", async (id) => {
    expect((await problemOf(await ask(id))).status).toBe(404);
    expect((await problemOf(await ask(`${id}/redeliver`, OWNER, "POST"))).status).toBe(404);
  });

  it("of a project that one has no role in is 404, like one that never was", async () => {
    await someHistory();
    expect((await problemOf(await ask("1", ["project:other:global:owner"]))).status).toBe(404);
    expect((await problemOf(await ask("1/redeliver", ["project:other:global:owner"], "POST"))).status).toBe(404);
  });
});

describe("redelivering", () => {
  const again = (id: number | string, groups = OWNER) => ask(`${id}/redeliver`, groups, "POST");

  it("sends a delivered event again under the same webhook-id", async () => {
    await someHistory();
    const [delivered] = await listed("?state=delivered");
    const before = world.received
      .filter(({ url }) => url.includes("well"))
      .map(({ headers }) => headers.get("webhook-id"));
    world.received = [];
    await redeliver(world.context, SHOP_OWNER, delivered?.id ?? "");
    await world.deliver();
    expect(before).toContain(world.received[0]?.headers.get("webhook-id"));
    expect(await (await ask(`${delivered?.id}`)).json()).toMatchObject({ state: "delivered", attempts: 2 });
  });

  it("starts a fresh schedule for one that failed", async () => {
    await someHistory();
    world.elapse(5);
    await world.deliver();
    const [failed] = await listed("?state=failed");
    await redeliver(world.context, SHOP_OWNER, failed?.id ?? "");
    await world.deliver();
    expect(await (await ask(`${failed?.id}`)).json()).toMatchObject({ state: "pending", attempts: 3 });
    world.elapse(5);
    await world.deliver();
    expect(await (await ask(`${failed?.id}`)).json()).toMatchObject({ state: "failed", attempts: 4 });
  });

  it("answers at once that it is pending", async () => {
    await someHistory();
    const response = await again(1);
    expect([response.status, await response.json()]).toMatchObject([202, { id: "1", state: "pending" }]);
  });

  it("is for owners", async () => {
    await someHistory();
    for (const group of ["project:shop:global:write", "audit"]) {
      expect((await problemOf(await again(1, [group]))).status).toBe(403);
    }
  });

  it("of one that waits for an open breaker makes it the probe, under which it arrives at once", async () => {
    await world.subscribe(aWebhook());
    await world.record(anEvent(), anEvent(), anEvent());
    await world.context.db.prepare("UPDATE subscriptions SET consecutive_failures = 10, probe_delivery_id = 1").run();
    await world.context.db.prepare("UPDATE deliveries SET state = 'held' WHERE id > 1").run();
    await world.context.db.prepare("UPDATE deliveries SET next_attempt_at = next_attempt_at + 600000").run();
    world.queue = [];
    await redeliver(world.context, SHOP_OWNER, "3");
    await world.deliver();
    expect(world.received[0]?.headers.get("webhook-id")).toBe("msg_3");
    expect(await (await ask("3")).json()).toMatchObject({ state: "delivered" });
  });

  it("is a 409 if its subscription may no longer receive the event", async () => {
    const [row] = await world.subscribe(aWebhook({ allowed_groups: ["devs", "ops"] }));
    await world.record(anEvent({ allowed_groups: ["devs"] }));
    await world.deliver();
    await world.subscribe(aWebhook({ id: `${row?.id}`, allowed_groups: ["ops"] }));
    expect((await problemOf(await again(1))).status).toBe(409);
    expect(await world.deliveries()).toMatchObject([{ state: "delivered", attempts: 1 }]);
  });

  it("while an attempt runs is 409", async () => {
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    const conflicts: unknown[] = [];
    world.answer = async () => {
      await redeliver(world.context, SHOP_OWNER, "1").catch((error: unknown) => conflicts.push(error));
      return new Response("ok");
    };
    await world.deliver();
    expect(conflicts).toMatchObject([{ code: "conflict" }]);
    expect(world.received).toHaveLength(1);
  });

  it("says what the paths take when the method is another", async () => {
    for (const [path, method, allow] of [
      ["1/redeliver", "GET", "POST"],
      ["1", "POST", "GET, HEAD"],
      ["project/shop/", "PUT", "GET, HEAD"],
    ] as const) {
      const response = await ask(path, OWNER, method);
      expect([response.headers.get("Allow"), (await problemOf(response)).status]).toEqual([allow, 405]);
    }
  });

  it("by cookie is taken from the service's own pages alone", async () => {
    await someHistory();
    const Cookie = `X-Escape-Token=${await tokenOf({ groups: OWNER })}`;
    const path = "/api/v1/events/deliveries/1/redeliver";
    const sent = (headers: Record<string, string>) => service.request(path, { method: "POST", headers });
    expect((await problemOf(await sent({ Cookie }))).status).toBe(403);
    expect((await sent({ Cookie, Origin: "https://tidings.example" })).status).toBe(202);
  });

  it("of one that is cancelled or held is 409", async () => {
    const [row] = await world.subscribe(aWebhook());
    await world.record(anEvent());
    await world.subscribe(aWebhook({ id: `${row?.id}`, enabled: false }));
    expect((await problemOf(await again(1))).status).toBe(409);
    await world.subscribe();
    expect((await problemOf(await again(1))).status).toBe(409);
  });
});
