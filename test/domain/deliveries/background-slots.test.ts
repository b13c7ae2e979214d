import { describe, expect, it } from "vitest";
import { attempt, HANGING, HEALTHY, isHealthy, learn, manyProjects, record, SLOTS } from "./hanging-receivers.ts";
import type { World } from "./world.ts";

/** As if other batches of this isolate had left so much unfinished. */
function occupy({ context }: World, deliveries: number, seconds: number): void {
  const endsAt = context.now() + seconds * 1000;
  context.backgroundSlots.tryAcquire({ deliveries, endsAt }, context.now());
}

describe("an isolate whose background is full", () => {
  it("delivers to healthy receivers at once, and begins nothing for those that it knows to be too slow", async () => {
    const world = await manyProjects();
    await learn(world, [...HANGING, ...HEALTHY]);
    const ids = await record(world, [...HANGING, ...HEALTHY]);
    occupy(world, SLOTS - 1, 30);
    expect(await attempt(world, ids)).toBe(0);
    expect(world.received).toHaveLength(HEALTHY.length);
    expect(world.received.every(isHealthy)).toBe(true);
    expect(world.queue.map(({ name, delaySeconds }) => [name, delaySeconds])).toEqual(HANGING.map(() => ["retry", 30]));
    const pending = await world.rows("SELECT attempts FROM deliveries WHERE state = 'pending' AND lease_token IS NULL");
    expect(pending).toEqual(HANGING.map(() => ({ attempts: 0 })));
  });

  it("waits only until others leave room, not for the receivers that hang in its own batch", async () => {
    const world = await manyProjects();
    const ids = await record(world, [...HANGING, ...HEALTHY]);
    occupy(world, SLOTS - 1, 2);
    const took = await attempt(world, ids);
    expect(took).toBeGreaterThanOrEqual(2000);
    expect(took).toBeLessThan(3000);
    await world.deliver();
  });

  it("attempts the slow receivers again when there is room", async () => {
    const world = await manyProjects();
    await learn(world, HANGING);
    const ids = await record(world, HANGING);
    occupy(world, SLOTS - 1, 20);
    await attempt(world, ids);
    expect(world.received).toHaveLength(0);
    world.elapse(30);
    await world.deliver(); // five at a time
    world.elapse(10);
    await world.deliver();
    expect(world.received).toHaveLength(HANGING.length);
  });
});
