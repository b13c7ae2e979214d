import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { openArchive } from "../../../src/bucket/archive-objects.ts";
import { eraseArchivedEvent } from "../../../src/domain/moving/erase-event.ts";
import { noUsage } from "../../../src/store/database.ts";
import { readArchive, wholeHistory } from "../../support/archive.ts";
import { everythingInBucket } from "../../support/bucket.ts";
import { dyingBucket } from "../../support/dying.ts";
import { archiveAll } from "../../support/archive-all.ts";
import { moveAllHistory } from "../../support/moved-history.ts";
import { aService } from "../../support/service.ts";
import { forgetEverything } from "../../support/tables.ts";
import { recordHistory } from "./moved-world.ts";

beforeEach(forgetEverything);

const archive = () => openArchive(env.ARCHIVE, noUsage());

/** Records and moves 512 events in one segment. Returns their IDs. */
async function anArchive(): Promise<number[]> {
  const ids = await recordHistory(512);
  await moveAllHistory({ segmentEvents: 512 });
  return ids;
}

describe("an erased event of the archive", () => {
  it("has lost its opening, user and data, and nothing else has changed", async () => {
    const ids = await anArchive();
    const id = ids[300] ?? 0;
    const before = await wholeHistory();
    expect(await eraseArchivedEvent(archive(), id, [])).toBe(1);
    const after = await wholeHistory(); // also compares the digests
    const { username, data, ...left } = JSON.parse(before.events.get(id)?.json ?? "") as Record<string, unknown>;
    expect([username, data]).toEqual(["Zoë 300", expect.anything()]);
    expect(after.events.get(id)).toEqual({ json: JSON.stringify(left), opening: "" });
    expect([...after.events].filter(([other]) => other !== id)).toEqual(
      [...before.events].filter(([other]) => other !== id),
    );
    expect(after.entries).toEqual(before.entries);
    expect((await readArchive())[0]?.manifest).toMatchObject({ erased: 1 });
  });

  it("can lose other fields, and can be erased twice", async () => {
    const [id = 0] = await anArchive();
    await eraseArchivedEvent(archive(), id, []);
    await eraseArchivedEvent(archive(), id, ["state_project", "state_environment"]);
    const event = JSON.parse((await wholeHistory()).events.get(id)?.json ?? "") as object;
    expect(Object.keys(event)).toEqual(["id", "type", "timestamp", "recorded_at", "allowed_groups", "allowed_roles"]);
    expect((await readArchive())[0]?.manifest).toMatchObject({ erased: 1 });
  });

  it("loses the copy of a name with the name", async () => {
    await aService().record([{ type: "ADD_BUILD", inventory_project: "secret" }]);
    await archiveAll();
    const [id = 0] = (await wholeHistory()).events.keys();
    await eraseArchivedEvent(archive(), id, ["inventory_project"]);
    expect((await wholeHistory()).events.get(id)?.json).not.toContain("secret");
  });

  it("stays in its listings if it loses the names that put it there, and only for those who may see it", async () => {
    const own = { type: "ADD_BUILD", state_project: "shop", allowed_groups: ["ops"] } as const;
    await aService().record([own, { ...own, username: "ann" }]);
    const path = "/api/v1/events/query/project/shop/";
    const before = await aService().list(path, { groups: ["ops"] });
    await archiveAll();
    const id = Number(before.events[0]?.id);
    await eraseArchivedEvent(archive(), id, ["state_project"]);
    const after = await aService().list(path, { groups: ["ops"] });
    expect(after.events.map((event) => event.id)).toEqual(before.events.map((event) => event.id));
    expect(after.events[0]).toEqual(expect.not.objectContaining({ state_project: "shop" }));
    expect((await aService().list(path, { groups: ["others"] })).events).toEqual([]);
  });

  it("is erased by the next run if the first one died at any call", async () => {
    const [id = 0] = await anArchive();
    for (let left = 1; left < 12; left++) {
      await eraseArchivedEvent(openArchive(dyingBucket({ left }), noUsage()), id, []).catch(() => undefined);
      await eraseArchivedEvent(archive(), id, []);
      expect((await readArchive())[0]?.manifest).toMatchObject({ events: 512 });
      expect((await wholeHistory()).events.get(id)?.opening).toBe("");
    }
  });

  it("is an event of the archive, and any other ID changes nothing", async () => {
    const ids = await anArchive();
    const before = await everythingInBucket();
    for (const id of [(ids[0] ?? 0) - 1, (ids.at(-1) ?? 0) + 1]) {
      expect(await eraseArchivedEvent(archive(), id, [])).toBe(0);
    }
    expect(await everythingInBucket()).toEqual(before);
  });
});
