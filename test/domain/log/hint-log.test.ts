import { describe, expect, it } from "vitest";
import { newLogKey } from "../../../scripts/new-log-key.ts";
import { Config, type Variables } from "../../../src/config.ts";
import type { Context } from "../../../src/context.ts";
import { hintLog } from "../../../src/domain/hint-log.ts";
import { HintPace } from "../../../src/domain/hint-pace.ts";

const KEY = newLogKey("log.example").privateKey;

/** Makes an isolate whose clock and queue the test controls. */
function anIsolate(variables: Variables = { LOG_KEY: KEY }) {
  const isolate = {
    now: 1_000_000,
    isDown: false,
    /** When each hint arrives. */
    arrivals: [] as number[],
    lines: [] as unknown[],
    /** Hints the log like after a recording that was committed at this time. */
    hint: (now: number) => {
      isolate.now = now;
      return hintLog(context as Context);
    },
  };
  const context: Partial<Context> = {
    config: new Config(variables),
    logHintPace: new HintPace(),
    now: () => isolate.now,
    log: (line) => void isolate.lines.push(line),
    hints: {
      first: () => Promise.resolve(),
      retry: () => Promise.resolve(),
      streams: () => Promise.resolve(),
      release: () => Promise.resolve(),
      log: async (delaySeconds) => {
        if (isolate.isDown) throw new Error("Queue sendBatch failed");
        isolate.arrivals.push(isolate.now + delaySeconds * 1000);
      },
    },
  };
  return isolate;
}

describe("the hint for the log", () => {
  it("is sent at once after the first recording", async () => {
    const isolate = anIsolate();
    await isolate.hint(5_000);
    expect(isolate.arrivals).toEqual([5_000]);
  });

  it("is sent at most once in two seconds, and one arrives after every recording", async () => {
    const isolate = anIsolate();
    const recordings = Array.from({ length: 400 }, (_, index) => 5_000 + ((index * 37) % 11) + index * 23);
    for (const at of recordings) await isolate.hint(at);
    for (const [place, arrival] of isolate.arrivals.entries()) {
      const before = isolate.arrivals[place - 1];
      if (before !== undefined) expect(arrival - before).toBeGreaterThanOrEqual(2_000);
    }
    for (const at of recordings) {
      const next = Math.min(...isolate.arrivals.filter((arrival) => arrival >= at));
      expect(next - at).toBeLessThanOrEqual(3_000);
    }
  });

  it("covers a recording in the very millisecond in which another hint arrives", async () => {
    const isolate = anIsolate();
    await isolate.hint(5_000);
    await isolate.hint(5_000);
    expect(isolate.arrivals).toEqual([5_000, 7_000]);
  });

  it("is not sent without a log", async () => {
    const isolate = anIsolate({});
    await isolate.hint(5_000);
    expect(isolate.arrivals).toEqual([]);
  });

  it.each([
    ["the queue is down", KEY, true],
    ["LOG_KEY is bad", "bad", false],
  ])("fails without a word to the producer when %s", async (_, LOG_KEY, isDown) => {
    const isolate = anIsolate({ LOG_KEY });
    isolate.isDown = isDown;
    await isolate.hint(5_000);
    expect(isolate.lines).toEqual([{ event: "log_hint_failed", error: expect.any(String) }]);
  });
});
