import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { anEvent } from "../../support/factories.ts";
import { archiveTo } from "../../support/archived.ts";
import { costOf } from "../../support/cost.ts";
import { aService } from "../../support/service.ts";
import { forgetEverything } from "../../support/tables.ts";

beforeEach(forgetEverything);

/** A service in a new isolate, which has nothing in its caches. */
const fresh = () => aService();

async function recordOne(fields: object): Promise<number> {
  const response = await fresh().record(anEvent(fields));
  return Number(response.headers.get("Location")?.split("/").at(-1));
}

describe("a single event in the archive", () => {
  it("is served byte for byte as before, with its ETag, for one GET", async () => {
    const id = await recordOne({ username: "ünï", data: { big: 1e15, note: "\u2028" } });
    const before = await fresh().get(`/api/v1/events/${id}`);
    await archiveTo(id);
    const service = fresh();
    const after = await service.get(`/api/v1/events/${id}`);
    expect(after.status).toBe(200);
    expect(await after.text()).toBe(await before.text());
    expect(after.headers.get("ETag")).toBe(before.headers.get("ETag"));
    expect(costOf(after)).toMatchObject({ queries: 1, r2Gets: 1 });
    expect(costOf(await service.get(`/api/v1/events/${id}`)).r2Gets).toBe(0);
  });

  it("is found in D1 until it is archived, and only in the archive from then on", async () => {
    const [one, two] = [await recordOne({}), await recordOne({})];
    await archiveTo(one, { forget: false });
    expect(costOf(await fresh().get(`/api/v1/events/${one}`)).r2Gets).toBe(1);
    expect(costOf(await fresh().get(`/api/v1/events/${two}`)).r2Gets).toBe(0);
    await env.DB.prepare("DELETE FROM events WHERE id = ?1").bind(two).run();
    expect((await fresh().get(`/api/v1/events/${two}`)).status).toBe(404);
  });
});
