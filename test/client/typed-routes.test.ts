import { afterEach, expect, expectTypeOf, it, vi } from "vitest";
import { tidings } from "../../src/client/index.ts";
import type { Event } from "../../src/schemas/event.ts";
import { aSubscription } from "../support/factories.ts";
import { KEY, proved, verified } from "../support/logged-service.ts";
import { aService } from "../support/service.ts";
import { tokenOf } from "../support/tokens.ts";

const service = aService();

afterEach(() => void vi.unstubAllGlobals());

it("lists events and reads one by the typed routes", async () => {
  vi.stubGlobal("fetch", (input: string, init: RequestInit) => service.request(input, init));
  await service.record({ type: "USER_SIGNUP", state_project: "a/b" });
  const { api } = tidings("https://tidings.example", await tokenOf({}));

  const page = await api.v1.events.query.project[":project"].$get({
    param: { project: encodeURIComponent("a/b") },
    query: { page_size: "10" },
  });
  expectTypeOf(page.status).toEqualTypeOf<200 | 304>();
  if (page.status !== 200) throw new Error("the first page is a 200");
  const events = await page.json();
  expectTypeOf(events[0]).toExtend<Pick<Event, "id" | "type" | "timestamp"> | undefined>();
  expect(events).toMatchObject([{ type: "USER_SIGNUP", state_project: "a/b" }]);

  const one = await api.v1.events[":id"].$get({ param: { id: events[0]?.id ?? "" } });
  expect(await one.json()).toEqual(events[0]);
});

it("starts a recovery and reads its progress by the typed routes", async () => {
  vi.stubGlobal("fetch", (input: string, init: RequestInit) => service.request(input, init));
  await service.record({ type: "USER_SIGNUP", state_project: "shop" });
  const [{ id }] = await (await service.subscribe("shop", [aSubscription()])).json<[{ id: string }]>();
  const { api } = tidings("https://tidings.example", await tokenOf({ groups: ["project:shop:global:owner"] }));

  const one = api.v1.events.subscriptions.project[":project"][":id"];
  const begun = await one.recover.$post({ param: { project: "shop", id }, json: { from: "0", which: "all" } });
  const recovery = await begun.json();
  expectTypeOf(recovery.which).toEqualTypeOf<"failed" | "all">();
  const watched = await one.recoveries[":recovery"].$get({ param: { project: "shop", id, recovery: recovery.id } });
  expect(await watched.json()).toMatchObject({ state: "finished", recovered: 1 });
});

it("reads a checkpoint and a proof by the typed routes", async () => {
  const logged = aService({ LOG_KEY: KEY.privateKey });
  vi.stubGlobal("fetch", (input: string, init: RequestInit) => logged.request(input, init));
  await logged.record({ type: "USER_SIGNUP" });
  await logged.sweep();
  const { api, log } = tidings("https://tidings.example", await tokenOf({}));

  const checkpoint = await (await log.checkpoint.$get({ query: {} })).text();
  expectTypeOf(checkpoint).toEqualTypeOf<string>();
  const [{ id } = { id: "" }] = await (await logged.get("/api/v1/events/query/?page_size=1")).json<{ id: string }[]>();
  const event = await (await api.v1.events[":id"].$get({ param: { id } })).text();
  const proof = await (await api.v1.events[":id"].proof.$get({ param: { id }, query: { cosigned: "1" } })).text();
  const { size } = await verified(checkpoint);
  expect(await proved(event, proof)).toEqual({ index: size - 1, size });
});
