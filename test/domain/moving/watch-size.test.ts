import { beforeEach, describe, expect, it } from "vitest";
import { watchSize } from "../../../src/domain/moving/watch-size.ts";
import { aLog } from "../log/log-world.ts";

let world: Awaited<ReturnType<typeof aLog>>;
let bytes: number;

beforeEach(async () => {
  world = await aLog({});
  bytes = (await world.context().db.prepare("SELECT 1").run()).meta.size_after;
});

/** Runs the task while the database fills this part of its limit. Returns the levels that were logged. */
async function levelsAt(percent: number): Promise<unknown[]> {
  world.lines = [];
  await watchSize(world.context(), bytes / (percent / 100));
  return world.lines.map((line) => (line.event === "d1_size_reached" ? line.percent : line.event));
}

describe("the size of D1", () => {
  it("is reported when it reaches 70, 80 and 90 per cent, each once", async () => {
    const reported: [number, unknown[]][] = [];
    for (const percent of [10, 69.9, 70.1, 75, 79.9, 80.1, 89.9, 90.1, 99, 101]) {
      reported.push([percent, await levelsAt(percent)]);
    }
    expect(reported.filter(([, levels]) => levels.length > 0)).toEqual([
      [70.1, [70]],
      [80.1, [80]],
      [90.1, [90]],
    ]);
  });

  it("is reported with the highest level if it passes several at once", async () => {
    expect(await levelsAt(93)).toEqual([90]);
    expect(await levelsAt(93)).toEqual([]);
  });

  it("is reported again after it fell, but not while it rises and falls around a level", async () => {
    expect(await levelsAt(81)).toEqual([80]);
    for (const percent of [79, 80.5, 78.5, 80.5]) expect(await levelsAt(percent)).toEqual([]);
    expect(await levelsAt(77.9)).toEqual([]);
    expect(await levelsAt(80.5)).toEqual([80]);
    expect(await levelsAt(10)).toEqual([]);
    expect(await levelsAt(70.5)).toEqual([70]);
  });

  it("is also logged in bytes", async () => {
    await watchSize(world.context(), bytes);
    expect(world.lines).toEqual([{ event: "d1_size_reached", percent: 90, bytes }]);
  });

  it("costs one query and no written row while no level changes", async () => {
    await levelsAt(85);
    const cost = await world.costOf((context) => watchSize(context, bytes / 0.85));
    expect(cost).toMatchObject({ queries: 1, rowsWritten: 0 });
    expect(cost.rowsRead).toBeLessThanOrEqual(1);
  });
});
