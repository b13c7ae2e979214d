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

/**
 * A project has a backlog for many receivers that take 14 seconds to respond. Then another project records one event.
 */
const crowded = aScenario("a project that fills the queue with deliveries to slow receivers", {
  subscriptions: SLOW.map((url) => webhook(url)),
  receivers: { [PROMPT]: accepts, ...Object.fromEntries(SLOW.map((url) => [url, slowly])) },
  actions: [
    does(0, "another owner subscribes", (context) => {
      const owner = { ...OWNER, groups: ["project:other:global:owner"] };
      return replaceSubscriptions(context, owner, "other", SubscriptionSet.parse([webhook(PROMPT)]));
    }),
    records(1, "backlog", {}, {}, {}, {}),
    records(RECORDED_SECONDS, "prompt", {}, { state_project: "other" }),
  ],
  backgroundLimit: 40,
});

beforeAll(installTriggers);

describe(crowded.name, () => {
  it("does not delay the other project's first attempt", async () => {
    const { receipts } = await run(crowded, { faults: noFaults, seed: 1 });
    const first = receipts.find(({ url }) => url === PROMPT);
    expect(first?.at).toBeLessThanOrEqual(startOfTime + (RECORDED_SECONDS + 1) * 1000);
  });

  holdsAtEveryPoint(crowded, 51, { isWanted: isForBoth, withOutages: false });
});

function slowly() {
  return { status: 200, afterMs: 14_000 };
}

/** True while the other project's event is being delivered. */
function isForBoth(point: Point): boolean {
  const seconds = (point.now - startOfTime) / 1000;
  return point.by.startsWith("tidings") && seconds >= RECORDED_SECONDS && seconds < 4;
}
