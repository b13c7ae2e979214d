import { beforeAll, describe, expect, it } from "vitest";
import { replaceSubscriptions } from "../../src/domain/subscriptions/subscription-set.ts";
import { SubscriptionSet } from "../../src/schemas/subscription.ts";
import { noFaults, type Point } from "./fault.ts";
import { holdsAtEveryPoint } from "./fault-harness.ts";
import { accepts } from "./receivers.ts";
import { run } from "./run.ts";
import { aScenario, does, OWNER, records, startOfTime, webhook } from "./scenario.ts";
import { installTriggers } from "./snapshots.ts";

const PROMPT = "https://prompt.example.com/";
const SLOW = Array.from({ length: 12 }, (_, index) => `https://slow-${index}.example.com/`);
const RECORDED_SECONDS = 3;

const neighbours = {
  subscriptions: SLOW.map((url) => webhook(url)),
  receivers: { [PROMPT]: accepts, ...Object.fromEntries(SLOW.map((url) => [url, slowly])) },
};
const subscribesPrompt = does(0, "another owner subscribes", (context) => {
  const owner = { ...OWNER, groups: ["project:other:global:owner"] };
  return replaceSubscriptions(context, owner, "other", SubscriptionSet.parse([webhook(PROMPT)]));
});

/**
 * A project has a backlog for many receivers that take 14 seconds to respond. Then another project records one event.
 */
const crowded = aScenario("a project that fills the queue with deliveries to slow receivers", {
  ...neighbours,
  actions: [
    subscribesPrompt,
    records(1, "backlog", {}, {}, {}, {}),
    records(RECORDED_SECONDS, "prompt", {}, { state_project: "other" }),
  ],
  backgroundLimit: 40,
});

const LAST_SECOND = 20;

/** Both projects record an event each second. The unfinished deliveries to the slow receivers soon fill the background. */
const full = aScenario("a project that fills an isolate's background", {
  ...neighbours,
  actions: [
    subscribesPrompt,
    ...Array.from({ length: LAST_SECOND }, (_, second) =>
      records(1 + second, `second ${second}`, {}, { state_project: "other" }),
    ),
  ],
  backgroundLimit: 15,
});

beforeAll(installTriggers);

describe(crowded.name, () => {
  it("does not delay the other project's first attempt", async () => {
    const { receipts } = await run(crowded, { faults: noFaults, seed: 1 });
    const first = receipts.find(({ url }) => url === PROMPT);
    expect(first?.at).toBeLessThanOrEqual(startOfTime + (RECORDED_SECONDS + 1) * 1000);
  });

  holdsAtEveryPoint(crowded, 31, { isWanted: isForBoth, withOutages: false });
});

describe(full.name, () => {
  it("holds up no batch, so that no other project's delivery waits for a slow receiver", async () => {
    const { invocations, receipts } = await run(full, { faults: noFaults, seed: 1 });
    const consumers = invocations.filter(({ name }) => name === "tidings-deliveries");
    expect(Math.max(...consumers.map(({ returnedAfterMs }) => returnedAfterMs ?? Infinity))).toBeLessThanOrEqual(1000);
    const promptAt = receipts.flatMap(({ url, at }) => (url === PROMPT ? [(at - startOfTime) / 1000] : []));
    expect(promptAt).toHaveLength(LAST_SECOND);
    expect(promptAt.every((second, index) => second <= index + 2)).toBe(true);
  });

  it("gets all of its own deliveries nevertheless", async () => {
    const { stored } = await run(full, { faults: noFaults, seed: 1 });
    expect(stored.deliveries.filter(({ state }) => state === "delivered")).toHaveLength(
      (SLOW.length + 1) * LAST_SECOND,
    );
  });
});

function slowly() {
  return { status: 200, afterMs: 14_000 };
}

/** True while the other project's event is being delivered. */
function isForBoth(point: Point): boolean {
  const seconds = (point.now - startOfTime) / 1000;
  return point.by.startsWith("tidings") && seconds >= RECORDED_SECONDS && seconds < 4;
}
