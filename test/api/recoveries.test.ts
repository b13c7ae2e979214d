import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Recovery } from "../../src/schemas/recovery.ts";
import { anEvent, aSubscription, someEvents } from "../support/factories.ts";
import { problemOf } from "../support/problems.ts";
import { aService } from "../support/service.ts";
import { everythingStored, forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";

const service = aService({ AUDITOR_GROUPS: "audit" });
const OWNER = ["project:shop:global:owner"];
const ALL = { from: "0", which: "all" };
let id: string;

beforeEach(async () => {
  await forgetEverything();
  await service.record(someEvents(3, () => ({ state_project: "shop" })));
  id = await subscribed("shop");
});

async function subscribed(project: string): Promise<string> {
  const [made] = await (await service.subscribe(project, [aSubscription()])).json<[{ id: string }]>();
  return made.id;
}

interface Sent {
  groups?: string[];
  headers?: Record<string, string>;
  path?: string;
}

/** Sends a string as it is, any other body as JSON. */
async function recover(body: unknown = ALL, { groups = OWNER, headers = {}, path = `shop/${id}` }: Sent = {}) {
  return service.request(`/api/v1/events/subscriptions/project/${path}/recover`, {
    method: "POST",
    headers: { Authorization: `Bearer ${await tokenOf({ groups })}`, "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

async function begun(response: Response): Promise<string> {
  expect(response.status).toBe(202);
  return response.headers.get("Location") ?? "";
}

/** Resets a recovery to its state before the first step, as if its process had died then. */
async function interrupt(recovery: string): Promise<void> {
  await env.DB.prepare("UPDATE recoveries SET finished_at = NULL WHERE id = ?").bind(recovery).run();
}

describe("a recovery", () => {
  it("gets a 202 whose Location shows its progress until it has finished", async () => {
    const response = await recover({ from: "2", which: "all" });
    const begins = { id: expect.any(String), subscription_id: id, project: "shop", which: "all", from: "2" };
    expect(await response.clone().json()).toEqual({
      ...begins,
      state: "running",
      recovered: 0,
      created_at: expect.any(String),
    });
    const watched = await service.get(await begun(response), { groups: OWNER });
    expect(watched.headers.get("Cache-Control")).toBe("private, no-store");
    const recovery = await watched.json<Recovery>();
    expect(recovery).toMatchObject({ ...begins, state: "finished", finished_at: expect.any(String) });
  });

  it("counts what it put on its way", async () => {
    const newest = (await service.list("", {})).events[0]?.id ?? "";
    const place = await begun(await recover({ from: newest, which: "all" }));
    expect(await (await service.get(place, { groups: OWNER })).json()).toMatchObject({ recovered: 1 });
  });

  it("does not reveal to a reader the number of events that they may not see", async () => {
    const body = await (await recover({ from: "9999999999999999999", which: "all" })).text();
    const before = body.replace(/"id":"\d+"/, "").replace(/"created_at":"[^"]*"/, "");
    await service.record(someEvents(100, () => ({ allowed_groups: [] })));
    const after = await (await recover({ from: "9999999999999999999", which: "all" })).text();
    expect(after.replace(/"id":"\d+"/, "").replace(/"created_at":"[^"]*"/, "")).toBe(before);
  });

  it("of a project with a slash in its name has a Location that works", async () => {
    const groups = ["project:a/b:global:owner"];
    const place = await begun(await recover(ALL, { groups, path: `a%2Fb/${await subscribed("a/b")}` }));
    for (const path of [place, `${place}/`]) expect((await service.get(path, { groups })).status).toBe(200);
  });

  it.each([
    ["project:shop:global:read", 200],
    ["project:shop:global:write", 200],
    ["audit", 200],
    ["project:other:global:owner", 403],
  ])("may be watched by %s: %i", async (group, status) => {
    const place = await begun(await recover());
    expect((await service.get(place, { groups: [group] })).status).toBe(status);
  });

  it.each([
    ["another subscription", (recovery: string) => `shop/${Number(id) + 1}/recoveries/${recovery}`],
    ["another project", (recovery: string) => `other/${id}/recoveries/${recovery}`],
    ["an ID that is none", () => `shop/${id}/recoveries/x`],
    ["an unknown ID", () => `shop/${id}/recoveries/9999999999999999999`],
  ])("is 404 under %s", async (_, path) => {
    const { id: recovery } = await (await recover()).json<Recovery>();
    const groups = [...OWNER, "project:other:global:owner"];
    const place = `/api/v1/events/subscriptions/project/${path(recovery)}`;
    expect((await problemOf(await service.get(place, { groups }))).status).toBe(404);
  });

  it("is 409 while another of its subscription runs, and may begin after it", async () => {
    const { id: running } = await (await recover()).json<Recovery>();
    await interrupt(running);
    expect((await problemOf(await recover())).status).toBe(409);
    await service.sweep();
    expect((await recover()).status).toBe(202);
  });
});

describe("a request for a recovery", () => {
  it.each([
    ["no event", { which: "all" }, ["from"]],
    ["an event's number", { ...ALL, from: 1 }, ["from"]],
    ["an event that is none", { ...ALL, from: "-1" }, ["from"]],
    ["an event with leading zeros", { ...ALL, from: "01" }, ["from"]],
    ["an event of 20 digits", { ...ALL, from: "10000000000000000000" }, ["from"]],
    ["null as its event", { ...ALL, from: null }, ["from"]],
    ["no choice", { from: "0" }, ["which"]],
    ["another choice", { from: "0", which: "held" }, ["which"]],
    ["an unknown field", { ...ALL, to: "7" }, ["to"]],
    ["nothing", {}, ["from", "which"]],
    ["an array", [ALL], [""]],
    ["null", null, [""]],
    ["what is not JSON", "{", [""]],
    ["an empty body", "", [""]],
    ["its event twice", '{"from":"0","which":"all","from":"0"}', ["from"]],
  ])("with %s is refused, and begins nothing", async (_, body, paths) => {
    const before = await everythingStored();
    const { status, errors } = await problemOf(await recover(body));
    expect([status, errors?.map(({ path }) => path)]).toEqual([400, paths]);
    expect(await everythingStored()).toEqual(before);
  });

  it("that does not say it is JSON or is compressed is 415, and one over 1 MiB is 413", async () => {
    expect((await problemOf(await recover(ALL, { headers: { "Content-Encoding": "gzip" } }))).status).toBe(415);
    const unsaid = await recover(JSON.stringify(ALL), { headers: { "Content-Type": "text/plain" } });
    expect((await problemOf(unsaid)).status).toBe(415);
    expect((await problemOf(await recover(" ".repeat(1024 * 1024 + 1)))).status).toBe(413);
  });

  it("gets a 403 and no validation errors if its sender is not an owner", async () => {
    for (const body of ["{", { nonsense: true }, " ".repeat(1024 * 1024 + 1)]) {
      const refused = await recover(body, { groups: ["audit"], headers: { "Content-Type": "text/plain" } });
      expect((await problemOf(refused)).status).toBe(403);
    }
  });

  it("finds what was recorded in the project's other tree too", async () => {
    await service.record(anEvent({ inventory_project: "shop", state_project: "shop" }));
    await env.DB.prepare("DELETE FROM deliveries").run();
    const place = await begun(await recover());
    expect(await (await service.get(place, { groups: OWNER })).json()).toMatchObject({ recovered: 4 });
  });
});
