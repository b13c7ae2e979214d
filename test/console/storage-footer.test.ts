import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { costOf } from "../support/cost.ts";
import { someEvents } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { elementsOf, signedIn, textsOf, wordsOf } from "./browser.ts";

const service = aService({ OPERATOR_GROUPS: "platform", AUDITOR_GROUPS: "audit" });
const operator = await signedIn(service, { groups: ["platform"] });
const reader = await signedIn(service, { groups: ["audit"] });

beforeEach(forgetEverything);

describe("the footer", () => {
  it("shows operators what is stored, on every page", async () => {
    await service.record(someEvents(3));
    await service.record(someEvents(2));
    await env.DB.batch([
      env.DB.prepare("INSERT INTO archive_state (id, recorded, deleted) VALUES (1, 18384, 2000)"),
      env.DB.prepare(
        `INSERT INTO archive_segments (first_event_id, last_event_id, events, runs, bytes, recorded_to)
        VALUES (-9, 0, 16384, '[[-9,0]]', 2457600, 1)`,
      ),
    ]);
    for (const path of ["/", "/projects", "/events/1"]) {
      const page = await operator.open(path);
      expect(await textsOf(page, "footer dt")).toEqual([
        "Events recorded",
        "In D1",
        "In the archive",
        "Deleted by retention",
        "Size of D1",
      ]);
      expect(await textsOf(page, "footer dd")).toEqual([
        "18,389",
        "5",
        "16,384 in 1 segment, 2.5 MB",
        "2,000",
        expect.stringMatching(/^0(\.\d)? % of 10 GB$/),
      ]);
    }
  });

  it("has no more than that to show while nothing is archived or deleted", async () => {
    await service.record(someEvents(3));
    expect(await textsOf(await operator.open("/"), "footer dd")).toEqual(["3", "3", "0", expect.any(String)]);
    const [section] = await elementsOf(await operator.open("/"), "footer section");
    expect(section?.attributes).toMatchObject({ "aria-label": "Storage" });
  });

  it("shows nothing to others, auditors among them, and costs them nothing", async () => {
    await service.record(someEvents(3));
    const [shown, hidden] = [await operator.open("/projects"), await reader.open("/projects")];
    expect(await elementsOf(hidden, "footer dl, footer section")).toEqual([]);
    expect(costOf(hidden)).toMatchObject({ queries: 0 });
    expect(costOf(shown)).toMatchObject({ queries: 1 });
  });

  it("says that it has no figures while D1 is away, and the page is there", async () => {
    const statement: object = { bind: () => statement, all: fail };
    const away = { withSession: () => ({ prepare: () => statement, batch: fail, getBookmark: () => null }) };
    const broken = aService({ OPERATOR_GROUPS: "platform", DB: away as unknown as D1Database });
    const page = await (await signedIn(broken, { groups: ["platform"] })).open("/projects");
    expect(page.status).toBe(200);
    expect(await wordsOf(page)).toContain("The figures of the storage cannot be read now.");
  });
});

function fail(): Promise<never> {
  return Promise.reject(new Error("D1_ERROR: Network connection lost."));
}
