import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { signedIn } from "../../console/browser.ts";
import { archiveAll } from "../../support/archive-all.ts";
import { costOf } from "../../support/cost.ts";
import { anEvent, someEvents } from "../../support/factories.ts";
import { aFailingBucket } from "../../support/failing-archive.ts";
import { aLoggedService, KEY, proved } from "../../support/logged-service.ts";
import { aService } from "../../support/service.ts";
import { forgetEverything } from "../../support/tables.ts";

beforeEach(forgetEverything);

const WITH_LOG = { LOG_KEY: KEY.privateKey };

/**
 * The service in a new isolate and with a new secret. So neither the isolate nor the edge has anything in its cache.
 */
function fresh(bindings: Partial<Env> = {}): ReturnType<typeof aLoggedService> {
  return aLoggedService({ INTERNAL_TOKEN: `${env.INTERNAL_TOKEN}, ${crypto.randomUUID()}`, ...bindings });
}

async function record(fields: object): Promise<string> {
  const recorded = await fresh().record(anEvent(fields));
  return recorded.headers.get("Location")?.split("/").at(-1) ?? "";
}

const path = (id: string) => `/api/v1/events/${id}/proof`;

describe("the proof of an archived event", () => {
  it("is the same as before the move until there is a newer checkpoint, and costs one GET", async () => {
    await fresh().record(someEvents(20));
    const id = await record({ username: "ünï", allowed_groups: ["team"], data: { n: 1e15 } });
    await archiveAll(WITH_LOG);
    const reader = { groups: ["team"] };
    const event = await (await fresh().request(`/api/v1/events/${id}`, { reader })).text();
    const service = fresh();
    const response = await service.request(path(id), { reader });
    expect(await proved(event, await response.text())).toEqual({ index: 20, size: 256 });
    expect(costOf(response).r2Gets).toBe(1);
    await service.record(someEvents(3));
    await service.sweep();
    const newer = await (await fresh().request(path(id), { reader })).text();
    expect(await proved(event, newer)).toEqual({ index: 20, size: 259 });
  });

  it("is byte for byte the same after the move", async () => {
    const id = await record({});
    await fresh().record(someEvents(100));
    await fresh().record(someEvents(100));
    await fresh().record(someEvents(55));
    await fresh().sweep();
    const before = await (await fresh().request(path(id))).text();
    await archiveAll(WITH_LOG);
    const after = await fresh().request(path(id));
    expect(costOf(after).r2Gets).toBe(1);
    expect(await after.text()).toBe(before);
  });

  it("is a 404 for a reader who may not see the event, and a 503 for every reader while R2 does not respond", async () => {
    const id = await record({ allowed_groups: ["team"] });
    await archiveAll(WITH_LOG);
    const away = () => fresh({ ARCHIVE: aFailingBucket("away") });
    expect((await fresh().request(path(id))).status).toBe(404);
    for (const reader of [{}, { groups: ["team"] }]) {
      expect((await away().request(path(id), { reader })).status).toBe(503);
    }
    expect((await away().request(path("9007199254740993"))).status).toBe(404);
  });
});

describe("the console's page of an archived event", () => {
  it("shows the event, its place in the log and its proof for download", async () => {
    const id = await record({ username: "ann", data: { commit: "9f3c2e1" } });
    await archiveAll(WITH_LOG);
    const visitor = await signedIn(aService(WITH_LOG), {});
    const page = await visitor.open(`/events/${id}`);
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(text).toContain("9f3c2e1");
    expect(text).toContain(`/events/${id}/proof`);
    expect((await visitor.open(`/events/${id}/proof`)).headers.get("Content-Type")).toBe("application/x-tar");
  });

  it("says that the service is unavailable while R2 does not respond, for every reader and every event", async () => {
    const id = await record({ allowed_groups: ["team"] });
    await archiveAll(WITH_LOG);
    const visitor = await signedIn(aService({ ...WITH_LOG, ARCHIVE: aFailingBucket("away") }), {});
    for (const one of [id, `${Number(id) + 1}`]) {
      const page = await visitor.open(`/events/${one}`);
      expect([page.status, page.headers.get("Retry-After")]).toEqual([503, "5"]);
    }
  });
});
