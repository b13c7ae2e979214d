import { beforeEach, describe, expect, it } from "vitest";
import { anEvent, aWebhook, aWorld, type World } from "../domain/deliveries/world.ts";
import { aService } from "../support/service.ts";
import { tokenOf } from "../support/tokens.ts";
import { aBrowser, elementsOf, linkOf, signedIn, wordsOf } from "./browser.ts";
import { recordInEveryState } from "./record-and-deliver.ts";

const service = aService({ AUDITOR_GROUPS: "audit" });
const owner = await signedIn(service, { groups: ["project:shop:global:owner"] });
let world: World;

beforeEach(async () => {
  world = await aWorld();
});

/** The states of the deliveries that can be sent again. */
async function offered(browser: typeof owner, path = "/projects/shop"): Promise<(string | undefined)[]> {
  const forms = await elementsOf(await browser.open(path), ".deliveries form");
  const ids = forms.map(({ attributes }) => /^\/deliveries\/(\d+)\/redeliver$/.exec(attributes["action"] ?? "")?.[1]);
  const deliveries = await world.deliveries();
  return ids.map((id) => deliveries.find((delivery) => `${delivery.id}` === id)?.state);
}

describe("the button Redeliver", () => {
  it("is at each delivery that can be sent again", async () => {
    await recordInEveryState(world);
    expect(await offered(owner)).toEqual(["failed", "pending", "delivered"]);
    const page = await owner.open("/projects/shop?state=failed");
    expect((await elementsOf(page, ".deliveries button")).map(({ text }) => text)).toEqual(["Redeliver delivery 4"]);
  });

  it("is for owners only", async () => {
    await recordInEveryState(world);
    for (const group of ["project:shop:global:read", "project:shop:global:write", "audit"]) {
      expect(await offered(await signedIn(service, { groups: [group] }))).toEqual([]);
    }
  });

  it("is absent while an attempt runs", async () => {
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    const lease = (until: number) => world.context.db.prepare(`UPDATE deliveries SET lease_until = ${until}`).run();
    await lease(Date.now() + 60_000);
    expect(await offered(owner)).toEqual([]);
    await lease(Date.now() - 60_000);
    expect(await offered(owner)).toEqual(["pending"]);
  });

  it("is absent if the subscription may no longer receive the event", async () => {
    const [row] = await world.subscribe(aWebhook({ allowed_groups: ["devs", "ops"] }));
    await world.record(anEvent({ allowed_groups: ["devs"] }));
    await world.deliver();
    expect(await offered(owner)).toEqual(["delivered"]);
    await world.subscribe(aWebhook({ id: `${row?.id}`, allowed_groups: ["ops"] }));
    expect(await offered(owner)).toEqual([]);
  });
});

describe("redelivering", () => {
  const FAILED = 4;

  it("makes the delivery due and redirects to the same page with a notice", async () => {
    await recordInEveryState(world);
    const page = await owner.open("/projects/shop?state=failed&page_from=9");
    const back = (await elementsOf(page, ".deliveries input[name=back]"))[0]?.attributes["value"] ?? "";
    const answer = await owner.send(`/deliveries/${FAILED}/redeliver`, { back });
    expect(answer.status).toBe(303);
    const to = answer.headers.get("Location") ?? "";
    expect(to).toBe("/projects/shop?state=failed&page_from=9&notice=redelivered#notice");
    expect((await world.deliveries())[FAILED - 1]).toMatchObject({ state: "pending", attempts: 1 });
    const [notice] = await elementsOf(await owner.open(to), "#deliveries [role=status]");
    expect(notice?.text).toBe("The delivery is being sent again. Reload the page to see the result.");
  });

  it("twice says so once", async () => {
    await recordInEveryState(world);
    const back = "/projects/shop?notice=redelivered";
    const answer = await owner.send(`/deliveries/${FAILED}/redeliver`, { back });
    expect(answer.headers.get("Location")).toBe("/projects/shop?notice=redelivered#notice");
  });

  it.each([
    "",
    "//evil.example/",
    "/\\evil.example",
    "/.//evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\tevil",
    "/sign-out",
  ])("leads to the project's page, and not to %j", async (back) => {
    await recordInEveryState(world);
    const answer = await owner.send(`/deliveries/${FAILED}/redeliver`, { back });
    expect(answer.headers.get("Location")).toBe("/projects/shop?notice=redelivered#notice");
  });

  it("that is not possible says why, with a link back", async () => {
    await recordInEveryState(world);
    const headers = { Origin: "https://tidings.example", Referer: "https://tidings.example/projects/shop?state=held" };
    const page = await owner.send("/deliveries/3/redeliver", { back: "/projects/shop" }, headers);
    expect(page.status).toBe(409);
    expect(await wordsOf(page)).toContain("the subscription is disabled or deleted");
    expect(await linkOf(page, "Go back to the previous page")).toBe("/projects/shop?state=held");
    const lured = { ...headers, Referer: "https://tidings.example//evil.example/" };
    const elsewhere = await owner.send("/deliveries/3/redeliver", {}, lured);
    expect(await linkOf(elsewhere, "Go to the newest events")).toBe("/");
  });

  it.each([
    [["project:shop:global:read"], 403],
    [["project:shop:global:write"], 403],
    [["audit"], 403],
    [["project:other:global:owner"], 404],
    [[], 404],
  ])("by %j: %i", async (groups, status) => {
    await recordInEveryState(world);
    const before = await world.deliveries();
    const page = await (await signedIn(service, { groups })).send(`/deliveries/${FAILED}/redeliver`, { back: "/" });
    expect(page.status).toBe(status);
    expect(await world.deliveries()).toEqual(before);
  });

  it.each(["999", "x", "9223372036854775808"])("of an unknown delivery, %s, is a 404", async (id) => {
    expect((await owner.send(`/deliveries/${id}/redeliver`, {})).status).toBe(404);
  });

  it.each([
    {},
    { Origin: "https://evil.example" },
    { Origin: "null" },
    { "Sec-Fetch-Site": "cross-site" },
    { Origin: "https://tidings.example", "Sec-Fetch-Site": "same-site" },
  ])("is taken from our own pages alone, and not with %j", async (headers) => {
    await recordInEveryState(world);
    const before = await world.deliveries();
    const page = await owner.send(`/deliveries/${FAILED}/redeliver`, { back: "/" }, headers);
    expect(page.status).toBe(403);
    expect(await world.deliveries()).toEqual(before);
  });

  it("is accepted only from our own pages, also if a proxy signs every visitor in", async () => {
    await recordInEveryState(world);
    const token = await tokenOf({ groups: ["project:shop:global:owner"] });
    const proxied = (Origin: string) =>
      aBrowser(service).send(`/deliveries/${FAILED}/redeliver`, {}, { "X-Escape-Token": token, Origin });
    expect((await proxied("https://evil.example")).status).toBe(403);
    expect((await proxied("https://tidings.example")).status).toBe(303);
  });

  it("needs a POST", async () => {
    const page = await owner.open("/deliveries/1/redeliver");
    expect([page.status, page.headers.get("Allow")]).toEqual([405, "POST"]);
  });
});

describe("a notice", () => {
  it.each(["constructor", "__proto__", "toString", "<b>won</b>", ""])("shows nothing for the code %j", async (code) => {
    const page = await owner.open(`/projects/shop?notice=${encodeURIComponent(code)}`);
    expect(page.status).toBe(200);
    expect(await elementsOf(page, "[role=status]")).toEqual([]);
  });
});
