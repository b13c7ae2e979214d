import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Deadlines } from "../../src/channels/deadline.ts";

const forever = new Promise<never>(() => undefined);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a deadline", () => {
  it.each([250, 1000, 15_000])("of %i ms passes after its time, and at most 250 ms late", async (milliseconds) => {
    const deadlines = new Deadlines();
    deadlines.start(60_000);
    await vi.advanceTimersByTimeAsync(100); // the timer of the first runs already
    const { signal } = deadlines.start(milliseconds);
    await vi.advanceTimersByTimeAsync(milliseconds - 1);
    expect(signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(251);
    expect(signal.aborted).toBe(true);
  });

  it("interrupts work that ignores its signal", async () => {
    const raced = new Deadlines().start(1000).race(forever);
    const failed = expect(raced).rejects.toThrow(/abort/i);
    await vi.advanceTimersByTimeAsync(1250);
    await failed;
  });

  it("lets work that ends in time return its result or fail by itself", async () => {
    const deadline = new Deadlines().start(1000);
    expect(await deadline.race(Promise.resolve("done"))).toBe("done");
    await expect(deadline.race(Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  });

  it("that is restarted has the new time, whether that is shorter or longer", async () => {
    const deadlines = new Deadlines();
    const [shorter, longer] = [deadlines.start(15_000), deadlines.start(1000)];
    shorter.restart(1000);
    longer.restart(15_000);
    await vi.advanceTimersByTimeAsync(1250);
    expect([shorter.signal.aborted, longer.signal.aborted]).toEqual([true, false]);
  });

  it("that has ended does not pass", async () => {
    const deadline = new Deadlines().start(1000);
    deadline.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(deadline.signal.aborted).toBe(false);
  });
});

describe("the deadlines of an invocation", () => {
  it("share one timer, which ends with them", async () => {
    const deadlines = new Deadlines();
    const many = Array.from({ length: 100 }, () => deadlines.start(15_000));
    expect(vi.getTimerCount()).toBe(1);
    for (const deadline of many) deadline.end();
    await vi.advanceTimersByTimeAsync(250);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("pass also if the timer had ended before they began", async () => {
    const deadlines = new Deadlines();
    deadlines.start(1000).end();
    await vi.advanceTimersByTimeAsync(5000);
    const { signal } = deadlines.start(1000);
    await vi.advanceTimersByTimeAsync(1250);
    expect(signal.aborted).toBe(true);
  });
});
