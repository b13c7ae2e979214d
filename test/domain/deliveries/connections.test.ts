import { describe, expect, it } from "vitest";
import { attempt, HANGING, HEALTHY, isHealthy, learn, manyProjects, record } from "./hanging-receivers.ts";

describe("a receiver that was prompt before", () => {
  it("does not wait for those that nothing is known of, however many of them hang", async () => {
    const world = await manyProjects();
    await learn(world, HEALTHY);
    const ids = await record(world, [...HANGING, ...HEALTHY]);
    const sentFrom = world.sentAt().length;
    await attempt(world, ids);
    const times = world.received.flatMap((one, index) => (isHealthy(one) ? [world.sentAt()[sentFrom + index]] : []));
    expect(times).toEqual(HEALTHY.map(() => world.sentAt()[sentFrom]));
    await world.deliver();
  });
});

describe("a receiver that failed, but responds at once", () => {
  it("does not wait for those that hang", async () => {
    const world = await manyProjects();
    await learn(world, [...HANGING, ...HEALTHY]);
    await world.context.db.prepare("UPDATE subscriptions SET consecutive_failures = 1, failing_since = 0").run();
    const ids = await record(world, [...HANGING, ...HEALTHY]);
    const startedAt = world.context.now();
    await attempt(world, ids);
    expect(world.received.filter(isHealthy)).toHaveLength(HEALTHY.length);
    expect(world.context.now() - startedAt).toBeLessThanOrEqual(500);
    await world.deliver();
  });
});
