import { beforeEach, describe, expect, it } from "vitest";
import { anEvent, aWebhook, aWorld, type World } from "../domain/deliveries/world.ts";
import { costOf } from "../support/cost.ts";
import { aService } from "../support/service.ts";
import { elementsOf, linkOf, signedIn, textsOf, wordsOf } from "./browser.ts";
import { recordInEveryState } from "./record-and-deliver.ts";

const service = aService({ AUDITOR_GROUPS: "audit" });
const SHOP = "project:shop:global:owner";
const owner = await signedIn(service, { groups: [SHOP] });
const reader = await signedIn(service, { groups: ["project:shop:global:read"] });
let world: World;

beforeEach(async () => {
  world = await aWorld({ RETRY_SCHEDULE: "5" });
});

describe("an event's page", () => {
  it("shows the deliveries of the project's subscriptions with their states", async () => {
    await recordInEveryState(world);
    const page = await reader.open("/events/1");
    expect(await textsOf(page, "#deliveries .state b")).toEqual([
      "Cancelled",
      "Failed",
      "Held",
      "Pending",
      "Delivered",
    ]);
    expect((await textsOf(page, "#deliveries .delivery > p:first-child a"))[1]).toBe("Slack 4, hooks.slack.com");
    expect(await wordsOf(page)).toContain("1 pending, 1 held, 1 delivered, 1 failed, 1 cancelled");
    expect(await linkOf(page, "All deliveries of shop")).toBe("/projects/shop#deliveries");
    expect(await linkOf(page, "Show all 5")).toBeUndefined();
    expect(await page.text()).not.toMatch(/secret-path|no such order/);
    expect(await textsOf(await owner.open("/events/1"), ".receiver-response")).toContain(
      "no such order, see https://ill.example.com",
    );
  });

  it("lets owners redeliver and returns them to the event", async () => {
    await recordInEveryState(world);
    const page = await owner.open("/events/1");
    const forms = await elementsOf(page, ".deliveries form");
    expect(forms).toHaveLength(3);
    const back = (await elementsOf(page, "input[name=back]"))[0]?.attributes["value"] ?? "";
    const answer = await owner.send(forms[0]?.attributes["action"] ?? "", { back });
    expect(answer.headers.get("Location")).toBe("/events/1?notice=redelivered#notice");
    const after = await owner.open("/events/1?notice=redelivered");
    expect(await textsOf(after, "#deliveries [role=status]")).toHaveLength(1);
    expect(await elementsOf(await reader.open("/events/1"), ".deliveries form")).toEqual([]);
  });

  it("shows the deliveries of both of its projects, if the reader has a role in each", async () => {
    await world.subscribe(aWebhook());
    await service.subscribe("stock", [aWebhook({ url: "https://stock.example.com/" })]);
    await world.record(anEvent({ inventory_project: "stock" }));
    const hosts = async (...groups: string[]) => {
      const page = await (await signedIn(service, { groups })).open("/events/1");
      return textsOf(page, "#deliveries .delivery > p:first-child a");
    };
    const stock = expect.stringMatching(/stock\.example\.com$/);
    const shop = expect.stringMatching(/hooks\.example\.com$/);
    expect(await hosts(SHOP, "project:stock:global:read")).toEqual([shop, stock]);
    expect(await hosts("audit")).toEqual([shop, stock]);
    expect(await hosts("project:stock:global:read")).toEqual([stock]);
    expect(await hosts("project:other:global:owner")).toEqual([]);
  });

  it("shows no deliveries to a reader without a role in the project", async () => {
    await recordInEveryState(world);
    const page = await (await signedIn(service, { groups: ["team"] })).open("/events/1");
    expect(page.status).toBe(200);
    expect(await page.text()).not.toMatch(/deliver|example\.com|Nobody was|\/projects\//i);
    expect(costOf(page).queries).toBe(1);
  });

  it("says that no subscription matched, with a link to the subscriptions", async () => {
    await world.record(anEvent({ state_project: "shop" }));
    const page = await reader.open("/events/1");
    expect(await wordsOf(page)).toContain("No deliveries: no subscription matched.");
    expect(await linkOf(page, "Subscriptions of shop")).toBe("/projects/shop");
  });

  it("says that the deliveries of an old event may have been deleted", async () => {
    await world.record(anEvent({ timestamp: "1000000000000000000" }));
    const words = await wordsOf(await reader.open("/events/1"));
    expect(words).toContain("No deliveries: no subscription matched, or they were deleted because of their age.");
    expect(words).not.toContain("Nobody");
  });

  it("shows a project once that is both its inventory and its state project", async () => {
    const name = `"><script>1</script>\u202E/?#`;
    await world.record(anEvent({ state_project: name, inventory_project: name }));
    const page = await (await signedIn(service, { groups: ["audit"] })).open("/events/1");
    const links = await elementsOf(page, ".counts a");
    expect(links.map(({ attributes }) => attributes["href"])).toEqual([`/projects/${encodeURIComponent(name)}`]);
    expect(links[0]?.text).toContain(`"><script>1</script>U+202E/?#`);
    expect(await elementsOf(page, "script")).toEqual([]);
    expect((await owner.open(`/projects/${encodeURIComponent(name)}`)).status).toBe(403);
  });

  it("shows the newest of many deliveries, with a link to all", async () => {
    await world.subscribe(...Array.from({ length: 25 }, () => aWebhook()));
    await world.record(anEvent());
    const page = await reader.open("/events/1");
    expect(await textsOf(page, "#deliveries .state b")).toHaveLength(20);
    expect(await wordsOf(page)).toContain("25 pending");
    expect(await linkOf(page, "Show all 25")).toBe("/projects/shop?event=1#deliveries");
    expect(costOf(page).queries).toBe(5);
  });
});
