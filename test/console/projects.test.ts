import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { EVENT_TYPES } from "../../src/schemas/event.ts";
import { HOSTILE_NAMES } from "../support/arbitraries.ts";
import { costOf } from "../support/cost.ts";
import { aSubscription } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { aBrowser, elementsOf, linkOf, signedIn, wordsOf } from "./browser.ts";
import { MEMBER, OWNER, secretOf, subscribed } from "./subscribing.ts";

const service = aService({ AUDITOR_GROUPS: "audit" });
const owner = await signedIn(service, { groups: OWNER });
const member = await signedIn(service, { groups: MEMBER });
const HOUR = 3_600_000;

beforeEach(forgetEverything);

/** Inserts counters for the hour that began `hoursAgo` hours before this hour. */
async function count(id: string | number, hoursAgo: number, counts: Record<string, number>): Promise<void> {
  const now = Date.now();
  const columns = [
    "delivered",
    "retried",
    "failed",
    ..."20 50 100 200 500 1000 2000 5000 10000".split(" ").map((ms) => `latency_up_to_${ms}_ms`),
    "latency_over_10000_ms",
  ];
  await env.DB.prepare(`INSERT INTO subscription_stats_hourly VALUES (?, ?, ${columns.map(() => "?").join(", ")})`)
    .bind(now - (now % HOUR) - hoursAgo * HOUR, id, ...columns.map((column) => counts[column] ?? 0))
    .run();
}

async function set(id: string, columns: string): Promise<void> {
  await env.DB.prepare(`UPDATE subscriptions SET ${columns} WHERE id = ?`).bind(id).run();
}

describe("the list of projects", () => {
  it("shows and links the projects that the token gives a role in, whatever their names", async () => {
    const names = HOSTILE_NAMES.filter((name) => name !== "" && name !== "." && name !== "..");
    const browser = await signedIn(service, { groups: names.map((name) => `project:${name}:global:write`) });
    const links = await elementsOf(await browser.open("/projects"), ".projects a");
    const addresses = links.map(({ attributes }) => attributes["href"] ?? "");
    expect(new Set(addresses)).toEqual(new Set(names.map((name) => `/projects/${encodeURIComponent(name)}`)));
    for (const address of addresses.slice(0, 40)) expect((await browser.open(address)).status, address).toBe(200);
  });

  it("shows the role, and is in the navigation", async () => {
    const page = await owner.open("/projects");
    expect(await wordsOf(page)).toContain("shop owner");
    const [here] = await elementsOf(page, "header nav a[aria-current]");
    expect(here).toMatchObject({ text: "Subscriptions", attributes: { href: "/projects" } });
  });

  it("names the group that would give a role, if there is none", async () => {
    const words = await wordsOf(await (await signedIn(service)).open("/projects"));
    expect(words).toContain("You have no role in a project yet");
    expect(words).toContain("project:NAME:global:read");
    expect(words).not.toContain("As an auditor");
    const auditor = await signedIn(service, { groups: ["audit"] });
    expect(await wordsOf(await auditor.open("/projects"))).toContain("As an auditor you can view every project");
  });

  it("opens a project by its name", async () => {
    const response = await member.open("/projects?project=a%2Fb%3A%20c");
    expect([response.status, response.headers.get("Location")]).toEqual([303, "/projects/a%2Fb%3A%20c"]);
    const wrong = await member.open("/projects?project=..");
    expect(wrong.status).toBe(422);
    expect(await wordsOf(wrong)).toContain('must not be "." or ".."');
    expect((await elementsOf(wrong, "#project"))[0]?.attributes).toMatchObject({ value: "..", "aria-invalid": "true" });
  });

  it("redirects visitors who are not signed in to the sign-in page", async () => {
    expect((await aBrowser(service).open("/projects")).headers.get("Location")).toBe("/sign-in?to=%2Fprojects");
  });
});

describe("a project's page", () => {
  it("shows an owner each subscription and its actions", async () => {
    const { id, path } = await subscribed(service, { url: "https://hooks.example.com/secret?token=1" });
    const page = await owner.open("/projects/shop");
    const words = await wordsOf(page);
    for (const fact of [
      `Webhook ${id} https://hooks.example.com/secret?token=1`,
      "● Active",
      "Receives all event types",
      "team-web",
      "No attempts in the last 7 days.",
      `Disable subscription ${id}`,
    ]) {
      expect(words).toContain(fact);
    }
    expect(await linkOf(page, "https://hooks.example.com/secret?token=1")).toBe(path);
    expect(await linkOf(page, `Deliveries of subscription ${id}`)).toBe(`/projects/shop?subscription=${id}#deliveries`);
    expect(await linkOf(page, "Add a subscription")).toBe("/projects/shop/subscriptions/new");
  });

  it.each([{ groups: MEMBER }, { groups: ["project:shop:global:write"] }, { groups: ["audit"] }])(
    "shows $groups only the origin, and no button",
    async (reader) => {
      const { id } = await subscribed(service, { url: "https://hooks.example.com/secret?token=1" });
      const page = await (await signedIn(service, reader)).open("/projects/shop");
      expect(page.status).toBe(200);
      expect(await wordsOf(page)).toContain(`Webhook ${id} https://hooks.example.com ●`);
      expect(await page.clone().text()).not.toContain("secret");
      expect(await page.clone().text()).not.toContain(`subscriptions/${id}`);
      expect((await elementsOf(page, "#subscriptions button, #subscriptions form")).length).toBe(0);
    },
  );

  it.each([
    [5, []],
    [6, ["and 2 more"]],
  ])("lists %i types, and folds all but four if there are more than five", async (types, folded) => {
    await subscribed(service, { event_types: EVENT_TYPES.slice(0, types) });
    const page = await member.open("/projects/shop");
    expect((await elementsOf(page, ".more summary")).map(({ text }) => text)).toEqual(folded);
    expect((await elementsOf(page, ".receives div:first-child .one")).length).toBe(types);
  });

  it("shows the status of each in words", async () => {
    const { id } = await subscribed(service);
    const hoursAgo = Date.now() - 3 * HOUR - 5000;
    const shown = async (columns: string) => {
      await set(id, columns);
      return wordsOf(await member.open("/projects/shop"));
    };
    expect(await shown(`failing_since = ${hoursAgo}`)).toContain("▲ Failing since 3 hours ago");
    expect(await shown("probe_delivery_id = 7")).toContain(
      "◐ Failing since 3 hours ago. Deliveries are held; one at a time is attempted",
    );
    const disabled = `enabled = 0, probe_delivery_id = NULL, disabled_at = ${hoursAgo}, disabled_reason = '<b>410</b>'`;
    expect(await shown(disabled)).toContain("■ Disabled 3 hours ago: <b>410</b>");
  });

  it("explains in the empty state what a subscription does, and who can add one", async () => {
    const words = await wordsOf(await owner.open("/projects/shop"));
    expect(words).toContain("No subscriptions yet.");
    expect(words).toContain("Add a subscription");
    const others = await wordsOf(await member.open("/projects/shop"));
    expect(others).toContain("An owner of the project can add one.");
    expect(others).not.toContain("Add a subscription");
  });

  it("is for readers with a role: others get a 403 that names the roles", async () => {
    const page = await member.open("/projects/other");
    expect(page.status).toBe(403);
    expect(await wordsOf(page)).toContain("read, write or owner");
  });

  it("links to the project's events, which link back for readers with a role", async () => {
    const name = "a/b: c";
    const browser = await signedIn(service, { groups: [`project:${name}:global:read`] });
    const here = `/projects/${encodeURIComponent(name)}`;
    const page = await browser.open(here);
    for (const [text, tree] of [
      ["in Projects", "project"],
      ["in Inventory", "inventory"],
    ] as const) {
      const feed = `/${tree}/${encodeURIComponent(name)}`;
      expect(await linkOf(page, text)).toBe(feed);
      expect(await linkOf(await browser.open(feed), "Subscriptions and deliveries")).toBe(here);
      expect(await linkOf(await member.open(feed), "Subscriptions and deliveries")).toBeUndefined();
      expect(await linkOf(await browser.open(`${feed}/production`), `Subscriptions and deliveries of ${name}`)).toBe(
        here,
      );
    }
  });

  it("shows only the console's own messages, whatever the URL holds", async () => {
    const page = await owner.open("/projects/shop?notice=deleted");
    expect((await elementsOf(page, "[role=status]"))[0]?.text).toBe(
      "Deleted. Its pending and held deliveries are cancelled.",
    );
    for (const notice of ["<b>hi</b>", "__proto__", "toString", ""]) {
      const other = await owner.open(`/projects/shop?notice=${encodeURIComponent(notice)}`);
      expect(await elementsOf(other, "[role=status]")).toEqual([]);
    }
  });
});

describe("the picture of a week", () => {
  it("shows the attempts day by day by their outcome, and the response times", async () => {
    const { id, path } = await subscribed(service);
    await count(id, 0, { delivered: 10, latency_up_to_20_ms: 5, latency_up_to_200_ms: 4, latency_up_to_2000_ms: 1 });
    await count(id, 24, { retried: 3, failed: 1 });
    await count(id, 24 * 6, { failed: 2 });
    await count(id, 24 * 7, { delivered: 500, latency_over_10000_ms: 500 });
    const page = await member.open("/projects/shop");
    const words = await wordsOf(page);
    expect(words).toContain(" 10 delivered 3 attempts retried 3 failed permanently ");
    expect(words).toContain("Response time: p50 ≤ 20 ms, p95 ≤ 2 s");
    const [picture] = await elementsOf(page, "svg.bars");
    expect(picture?.attributes["aria-label"]).toMatch(
      /^Attempts in the last 7 days\. \w+ \d+ \w+: 2 failed permanently; \w+ \d+ \w+: 3 attempts retried, 1 failed permanently; \w+ \d+ \w+: 10 delivered\.$/,
    );
    const rows = await elementsOf(await owner.open(path), ".days tbody td");
    expect(rows.slice(0, 6).map(({ text }) => text)).toEqual(["10", "0", "0", "0", "3", "1"]);
  });

  it("shows a response after more than ten seconds as > 10 s", async () => {
    const { id } = await subscribed(service);
    await count(id, 1, { delivered: 3, latency_up_to_20_ms: 2, latency_over_10000_ms: 1 });
    expect(await wordsOf(await member.open("/projects/shop"))).toContain("Response time: p50 ≤ 20 ms, p95 > 10 s");
  });

  it("says so if there was no response", async () => {
    const { id } = await subscribed(service);
    await count(id, 1, { retried: 2 });
    expect(await wordsOf(await member.open("/projects/shop"))).toContain("No response yet");
  });

  it("reads only its own hours, however many others there are", async () => {
    const { id } = await subscribed(service);
    for (let hour = 0; hour < 100; hour++) await count(id, hour, { delivered: 1 });
    const before = costOf(await member.open("/projects/shop"));
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999)
      INSERT INTO subscription_stats_hourly SELECT ?1 - (i % 160) * ${HOUR}, 1000000 + i / 160, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM n`,
    )
      .bind(Date.now() - (Date.now() % HOUR))
      .run();
    const after = costOf(await member.open("/projects/shop"));
    expect(after).toEqual(before);
    expect(after.rowsRead).toBeLessThan(3 * 168 + 40);
    expect(after.queries).toBe(4);
  });
});

describe("text that others chose", () => {
  const ATTACKS = [
    "<script>alert(1)</script>",
    `"><img src=x onerror=alert(1)>`,
    "' onmouseover='alert(1)",
    "\u202Egnp\0",
  ];

  it.each(ATTACKS)("cannot become markup on any page: %j", async (attack) => {
    const groups = [`project:${attack}:global:owner`, attack];
    const browser = await signedIn(service, { name: attack, groups });
    const entry = {
      ...aSubscription({ type: "slack", slack_username: attack }),
      url: "https://hooks.slack.com/services/<b>",
    };
    const made = await service.subscribe(attack, [{ ...entry, allowed_groups: [attack] }], [attack]);
    expect(made.status).toBe(200);
    const [{ id }] = await made.json<[{ id: string }]>();
    await env.DB.prepare("UPDATE subscriptions SET enabled = 0, disabled_reason = ?").bind(attack).run();
    const project = `/projects/${encodeURIComponent(attack)}`;
    const form = { type: attack, url: attack, slack_icon: attack, allowed_groups: `${attack}%zz`, event_types: attack };
    const pages = [
      await browser.open("/projects"),
      await browser.open(project),
      await browser.open(`${project}/subscriptions/new`),
      await browser.open(`${project}/subscriptions/${id}`),
      await browser.send(`${project}/subscriptions`, form),
      await browser.send(`${project}/subscriptions/${id}`, { ...form, tag: attack }),
      await browser.send(`${project}/subscriptions/${id}/recover`, { which: attack, from: attack }),
    ];
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200, 422, 422, 422]);
    for (const page of pages) {
      expect(await wordsOf(page)).not.toMatch(/[\0\u202E]/);
      for (const { tag, attributes } of await elementsOf(page, "*")) {
        expect(["script", "img", "iframe", "style"]).not.toContain(tag);
        for (const [name, value] of Object.entries(attributes)) {
          expect(name).not.toMatch(/^on|^style$/);
          if (["href", "action"].includes(name)) expect(value).toMatch(/^(?:\/(?!\/)|#)/);
        }
      }
    }
  });

  it("does not leak a secret: no page shows one in response to a GET", async () => {
    const { id, path } = await subscribed(service);
    const secret = await secretOf(id);
    expect(secret).toMatch(/^whsec_/);
    for (const address of [
      "/projects",
      "/projects/shop",
      path,
      `${path}?notice=added`,
      `${path}/secret`,
      `${path}/rotate`,
    ]) {
      expect(await (await owner.open(address)).text(), address).not.toContain(secret);
    }
    expect(await secretOf(id)).toBe(secret);
  });
});
