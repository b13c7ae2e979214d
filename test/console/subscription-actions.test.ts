import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { anEvent, someEvents } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { everythingStored, forgetEverything } from "../support/tables.ts";
import { elementsOf, linkOf, signedIn, wordsOf } from "./browser.ts";
import { MEMBER, OWNER, stored, subscribed } from "./subscribing.ts";

const service = aService();
const owner = await signedIn(service, { groups: OWNER });
const member = await signedIn(service, { groups: MEMBER });
const ACTIONS = ["test", "secret", "rotate", "recover", "enable", "disable", "delete"];

beforeEach(async () => {
  await forgetEverything();
  vi.stubGlobal("fetch", async () => new Response("thanks"));
});

afterEach(() => void vi.unstubAllGlobals());

async function statesOfDeliveries(): Promise<string[]> {
  const rows = (await everythingStored())["deliveries"] as { state: string }[];
  return rows.map(({ state }) => state);
}

describe("every action", () => {
  it.each(["", ...ACTIONS.map((action) => `/${action}`)])(
    "refuses forms of other sites, and readers who are not owners: %s",
    async (action) => {
      const { path } = await subscribed(service);
      const before = await everythingStored();
      const attacks = [
        { Origin: "https://evil.example" },
        { Origin: "null" },
        {},
        { "Sec-Fetch-Site": "cross-site" },
        { "Sec-Fetch-Site": "same-site" },
        { Origin: "https://tidings.example", "Sec-Fetch-Site": "cross-site" },
        { Origin: "http://tidings.example" },
      ];
      const form = { which: "all", from: "0", type: "webhook", url: "https://evil.example/" };
      for (const headers of attacks)
        expect((await owner.send(path + action, form, headers as Record<string, string>)).status).toBe(403);
      for (const headers of attacks)
        expect((await owner.send("/projects/shop/subscriptions", form, headers as Record<string, string>)).status).toBe(
          403,
        );
      const refused = await member.send(path + action, form);
      expect(refused.status).toBe(403);
      expect(await wordsOf(refused)).toContain("owner");
      expect(await everythingStored()).toEqual(before);
    },
  );

  it("moves the focus to the panel that shows its result", async () => {
    const page = await owner.open((await subscribed(service)).path);
    const forms = await elementsOf(page, "main form[action*='#']");
    const places = forms.map(({ attributes }) => attributes["action"]?.split("#")[1]).filter((id) => id !== "faults");
    expect(new Set(places)).toEqual(new Set(["test", "secret", "recover"]));
    for (const id of places) {
      expect((await elementsOf(page, `#${id}`))[0]?.attributes).toHaveProperty("tabindex", "-1");
    }
  });

  it.each(ACTIONS)(
    "on an unknown subscription is a 404 page, and a GET of its URL redirects to the subscription: %s",
    async (action) => {
      const { path } = await subscribed(service);
      for (const id of ["999999", "x", "0"]) {
        const response = await owner.send(`/projects/shop/subscriptions/${id}/${action}`, { which: "all", from: "0" });
        expect(response.status).toBe(404);
        expect(await wordsOf(response)).toContain("Page not found");
      }
      const again = await owner.open(`${path}/${action}`);
      expect([again.status, again.headers.get("Location")]).toEqual([303, path]);
    },
  );
});

describe("no action", () => {
  it.each(["enabled", "reenable", "enablex", "xdisable", "disable-all", "deleted", "xtest"])(
    "has a similar name: %s",
    async (action) => {
      const { path } = await subscribed(service);
      const before = await everythingStored();
      expect((await owner.send(`${path}/${action}`, {})).status).toBe(404);
      expect((await owner.open(`${path}/${action}`)).status).toBe(404);
      expect(await everythingStored()).toEqual(before);
    },
  );
});

describe("disabling and enabling", () => {
  it("holds the deliveries of events that happen meanwhile, and releases them", async () => {
    const { path } = await subscribed(service);
    const off = await owner.send(`${path}/disable`, { from: "project" });
    expect(off.headers.get("Location")).toBe("/projects/shop?notice=disabled#notice");
    expect((await stored(service))[0]).toMatchObject({ enabled: false, disabled_reason: "disabled by an owner" });
    await service.record(anEvent({ state_project: "shop" }));
    expect(await statesOfDeliveries()).toEqual(["held"]);
    expect((await elementsOf(await owner.open(path), ".standing button"))[0]?.text).toBe("Enable");
    const on = await owner.send(`${path}/enable`, {});
    expect(on.headers.get("Location")).toBe(`${path}?notice=enabled#notice`);
    expect((await stored(service))[0]?.status).toBe("active");
    await service.sweep(); // in production, the queue's consumer does it sooner
    expect(await statesOfDeliveries()).toEqual(["pending"]);
  });

  it("leaves other subscriptions' breakers open", async () => {
    const both = await service.subscribe("shop", [
      { type: "webhook", url: "https://a.example.com" },
      { type: "webhook", url: "https://b.example.com" },
    ]);
    const [one, other] = await both.json<{ id: string }[]>();
    await service.record(anEvent({ state_project: "shop" }));
    const probe = await env.DB.prepare(
      "UPDATE deliveries SET next_attempt_at = 9e15, sweep_at = 9e15 WHERE subscription_id = ? RETURNING *",
    )
      .bind(other?.id)
      .first();
    await env.DB.prepare(
      "UPDATE subscriptions SET probe_delivery_id = ?, consecutive_failures = 12, failing_since = 1 WHERE id = ?",
    )
      .bind(probe?.["id"], other?.id)
      .run();
    await owner.send(`/projects/shop/subscriptions/${one?.id}/disable`, {});
    expect((await everythingStored())["deliveries"]).toContainEqual(probe);
    const row = await env.DB.prepare("SELECT probe_delivery_id, release_mode FROM subscriptions WHERE id = ?")
      .bind(other?.id)
      .first();
    expect(row).toEqual({ probe_delivery_id: probe?.["id"], release_mode: null });
  });

  it("shows beside the button that the destination is not allowed any more", async () => {
    const { path } = await subscribed(service, { url: "http://localhost:9999/", enabled: false });
    const strict = aService({ ALLOW_LOCAL_DESTINATIONS: "false" });
    const page = await (await signedIn(strict, { groups: OWNER })).send(`${path}/enable`, {});
    expect(page.status).toBe(422);
    expect((await elementsOf(page, ".standing [role=alert] bdi"))[0]?.text).toContain("URL must start with https://");
  });

  it("disables a subscription whose destination is not allowed any more", async () => {
    const { path } = await subscribed(service, { url: "http://localhost:9999/" });
    const strict = aService({ ALLOW_LOCAL_DESTINATIONS: "false" });
    const off = await (await signedIn(strict, { groups: OWNER })).send(`${path}/disable`, {});
    expect(off.headers.get("Location")).toBe(`${path}?notice=disabled#notice`);
    expect((await stored(service))[0]).toMatchObject({ enabled: false });
  });
});

describe("deleting", () => {
  it("explains that waiting deliveries are cancelled, and then cancels them", async () => {
    const { path } = await subscribed(service);
    await service.record(anEvent({ state_project: "shop" }));
    const words = await wordsOf(await owner.open(path));
    expect(words).toContain("Its pending and held deliveries are cancelled");
    const response = await owner.send(`${path}/delete`, {});
    expect(response.headers.get("Location")).toBe("/projects/shop?notice=deleted#notice");
    expect(await stored(service)).toEqual([]);
    expect(await statesOfDeliveries()).toEqual(["cancelled"]);
    expect((await owner.send(`${path}/delete`, {})).status).toBe(404);
  });

  it("leaves the others", async () => {
    const { path } = await subscribed(service);
    const added = await owner.send("/projects/shop/subscriptions", {
      type: "webhook",
      url: "https://b.example.com/",
      enabled: "on",
    });
    expect(added.status).toBe(303);
    await owner.send(`${path}/delete`, {});
    expect((await stored(service)).map(({ url }) => url)).toEqual(["https://b.example.com/"]);
  });
});

describe("a recovery", () => {
  it("is started with a form, and the page shows its state", async () => {
    await service.record(someEvents(3, () => ({ state_project: "shop" })));
    const { path } = await subscribed(service);
    const response = await owner.send(`${path}/recover`, { which: "all", from: "0" });
    expect(response.status).toBe(303);
    const address = response.headers.get("Location") ?? "";
    expect(address).toMatch(new RegExp(`^${path}\\?recovery=\\d+#recover$`));
    expect(await wordsOf(await owner.open(address))).toContain("Finished: 3 events queued");
  });

  it("that is running can be refreshed, and no other one can be started", async () => {
    const { id, path } = await subscribed(service);
    const address = (await owner.send(`${path}/recover`, { which: "failed", from: "0" })).headers.get("Location") ?? "";
    await env.DB.prepare("UPDATE recoveries SET finished_at = NULL WHERE subscription_id = ?").bind(id).run();
    const page = await owner.open(address);
    expect(await wordsOf(page)).toContain("Running: 0 events queued so far");
    expect(await linkOf(page, "Refresh")).toBe(address);
    const second = await owner.send(`${path}/recover`, { which: "all", from: "7" });
    expect(second.status).toBe(409);
    expect((await elementsOf(second, "#recover [role=alert] bdi"))[0]?.text).toContain("is running");
    const fields = await elementsOf(second, "#recover input[checked], #from");
    expect(fields.map(({ attributes }) => attributes["value"])).toEqual(["all", "7"]);
  });

  it.each([
    [{ which: "all", from: "-1" }, "From event ID must be a decimal"],
    [{ which: "some", from: "0" }, "Events must be one of failed, all"],
    [{ which: "all", from: "" }, "From event ID must be a decimal"],
  ])("with %j is refused, with the reason beside the form", async (form, said) => {
    const { path } = await subscribed(service);
    const page = await owner.send(`${path}/recover`, form);
    expect(page.status).toBe(422);
    expect((await elementsOf(page, "#recover [role=alert] bdi"))[0]?.text).toContain(said);
    const [from] = await elementsOf(page, "#from");
    expect(from?.attributes["value"]).toBe(form.from);
    expect(from?.attributes["aria-invalid"]).toBe(said.startsWith("From") ? "true" : undefined);
  });

  it("of another subscription is not shown", async () => {
    const { path } = await subscribed(service);
    for (const recovery of ["999", "x", ""]) {
      const page = await owner.open(`${path}?recovery=${recovery}`);
      expect(page.status).toBe(200);
      expect((await elementsOf(page, "#recover [role=status]")).length).toBe(0);
    }
  });
});
