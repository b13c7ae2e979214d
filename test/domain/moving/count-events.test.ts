import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { describeStorage } from "../../../src/domain/archive/describe-storage.ts";
import { countEvents } from "../../../src/domain/moving/count-events.ts";
import { aLog, insertHistory, jumpTo } from "../log/log-world.ts";

let world: Awaited<ReturnType<typeof aLog>>;

beforeEach(async () => {
  world = await aLog({});
});

const figures = () => describeStorage(world.context());

describe("the number of recorded events", () => {
  it("is right before and after the sweep, also when IDs are skipped", async () => {
    expect(await figures()).toMatchObject({ recorded: 0, inDatabase: 0, deleted: 0 });
    await insertHistory(300);
    await jumpTo(1_000_000);
    await insertHistory(5);
    expect(await figures()).toMatchObject({ recorded: 305, inDatabase: 305 });
    await countEvents(world.context());
    await insertHistory(7);
    expect(await figures()).toMatchObject({ recorded: 312, inDatabase: 312 });
    await countEvents(world.context());
    expect(await figures()).toMatchObject({ recorded: 312, inDatabase: 312 });
  });

  it("of a long history is counted in steps", async () => {
    await insertHistory(50_000);
    await countEvents(world.context());
    expect(await figures()).toMatchObject({ recorded: 50_000 });
  });

  it("includes events that were archived before they were counted, and deleted ones", async () => {
    await insertHistory(10);
    await countEvents(world.context());
    await insertHistory(20);
    await env.DB.batch([
      // Retention deleted the events 1 to 4, and 5 to 24 are in two segments.
      env.DB.prepare("DELETE FROM events WHERE id <= 24"),
      env.DB.prepare("UPDATE archive_state SET boundary = 24, deleted_to = 4, deleted = 4"),
      env.DB.prepare(
        `INSERT INTO archive_segments (first_event_id, last_event_id, events, runs, bytes, recorded_to)
        VALUES (5, 14, 10, '[[5,0]]', 1000, 1), (15, 24, 10, '[[15,0]]', 500, 1)`,
      ),
    ]);
    const expected = { recorded: 30, inDatabase: 6, deleted: 4, archive: { segments: 2, events: 20, bytes: 1500 } };
    expect(await figures()).toMatchObject(expected);
    await countEvents(world.context());
    expect(await figures()).toMatchObject(expected);
  });

  it("costs a row for each new event, once", async () => {
    await insertHistory(1_000);
    const first = await world.costOf(countEvents);
    expect(first.rowsRead).toBeLessThanOrEqual(1_000 + 20);
    expect(first.rowsWritten).toBe(1);
    const second = await world.costOf(countEvents);
    expect(second).toMatchObject({ rowsWritten: 0 });
    expect(second.rowsRead).toBeLessThanOrEqual(10);
    const shown = await world.costOf(describeStorage);
    expect(shown).toMatchObject({ queries: 1, rowsWritten: 0 });
    expect(shown.rowsRead).toBeLessThanOrEqual(10);
  });
});
