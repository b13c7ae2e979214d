import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import page from "../../../docs/verifying.md?raw";
import { aLoggedService } from "../../support/logged-service.ts";
import { anEvent, someEvents } from "../../support/factories.ts";
import { forgetEverything } from "../../support/tables.ts";
import { textOf } from "../../support/streams.ts";

const [, statement = ""] = /```sql\n(UPDATE events .*?)```/s.exec(page) ?? [];
/**
 * The service after the operator has changed INTERNAL_TOKEN: its isolates are new, and its pages have other names at
 * the edge.
 */
const restarted = () => aLoggedService({ INTERNAL_TOKEN: `${env.INTERNAL_TOKEN}, ${crypto.randomUUID()}` });

let service = restarted();

async function erase(id: string): Promise<void> {
  await env.DB.prepare(statement.replace("4711", id)).run();
  service = restarted();
}

/** Reads a page that begins with the event, and downloads of that page. The edge keeps the page. */
async function readAll(id: string): Promise<string> {
  const path = `/api/v1/events/query/?page_from=${Number(id) + 1}&page_size=2`;
  const texts = ["application/json", "application/x-ndjson", "text/csv", "application/x-ndjson; openings=1"].map(
    async (Accept) => textOf(await service.request(path, { headers: { Accept } })),
  );
  return (await Promise.all(texts)).join("\n");
}

beforeEach(forgetEverything);

describe("an event that is erased as docs/verifying.md says", () => {
  it("stays in the listings without what was removed, and has no proof any more", async () => {
    await service.record(someEvents(2));
    const secret = { username: "ann-who-left", data: { phone: "555-0199", allowed_groups: [1] } };
    const recorded = await service.record(anEvent({ ...secret, state_project: "shop" }));
    const id = recorded.headers.get("Location")?.split("/").at(-1) ?? "";
    await service.record(anEvent());
    await service.sweep();
    expect(await readAll(id)).toContain("ann-who-left");
    await erase(id);
    expect(await readAll(id)).not.toMatch(/ann-who-left|555-0199/);
    const event = await (await service.request(`/api/v1/events/${id}`)).json();
    expect(event).toEqual({
      id,
      type: "USER_SIGNUP",
      timestamp: expect.any(String),
      recorded_at: expect.any(String),
      state_project: "shop",
    });
    expect((await service.request(`/api/v1/events/${id}/proof`)).status).toBe(404);
    expect((await service.list("?username=ann-who-left")).events).toEqual([]);
    expect((await service.list("")).events).toHaveLength(4);
  });

  it("leaves the log as it was, and its audit finds nothing wrong", async () => {
    await service.record(someEvents(3));
    const recorded = await service.record(anEvent({ username: "ann" }));
    const id = recorded.headers.get("Location")?.split("/").at(-1) ?? "";
    await service.sweep();
    const logOf = async () => [
      await (await service.request("/log/checkpoint")).text(),
      Buffer.from(await (await service.request("/log/tile/entries/000.p/4")).arrayBuffer()).toString("hex"),
    ];
    const before = await logOf();
    await erase(id);
    const lines = vi.spyOn(console, "log");
    await service.sweep();
    await service.sweep();
    const events = lines.mock.calls.map(([line]) => (JSON.parse(String(line)) as { event: string }).event);
    lines.mockRestore();
    expect(events).toContain("backlog");
    expect(events.filter((event) => event.startsWith("log_"))).toEqual([]);
    expect(await logOf()).toEqual(before);
  });
});
