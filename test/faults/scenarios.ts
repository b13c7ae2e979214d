import type { Context } from "../../src/context.ts";
import { startRecovery } from "../../src/domain/deliveries/recoveries.ts";
import { HINT_GRACE_MS } from "../../src/domain/hint-deliveries.ts";
import { recordEvents } from "../../src/domain/events/record-events.ts";
import { sweep } from "../../src/domain/sweep.ts";
import { NewEvent } from "../../src/schemas/event.ts";
import { markDue } from "../../src/store/deliveries/delivery-rows.ts";
import { insertRecovery } from "../../src/store/deliveries/recovery-rows.ts";
import { POISON, RECOVER } from "./invariants.ts";
import { KEY } from "../support/log.ts";
import { accepts, type Receiver } from "./receivers.ts";
import { aScenario, does, OWNER, puts, records, recordsOnce, startOfTime, webhook } from "./scenario.ts";
import { UNCLAIMABLE } from "./snapshots.ts";

const HEALTHY = "https://healthy.example.com/";
const SLOW = "https://slow.example.com/";
const NEW = "https://new.example.com/";
const SLACK = "https://hooks.slack.com/services/T/B/x";

const BUILD = { type: "ADD_BUILD" };
const OTHER = { type: "CREATE_STATE_DEPLOYMENT" };

/** Responds to the first request for each event with an error. */
const atSecondTry: Receiver = (_body, _at, times) => (times === 1 ? { status: 503 } : { status: 200 });

/** Makes a receiver so slow that the other deliveries of the batch are settled first. */
function slowly(receiver: Receiver): Receiver {
  return (...request) => ({ ...receiver(...request), afterMs: 3000 });
}

function failsUntil(seconds: number): Receiver {
  return (_body, at) => (at < startOfTime + seconds * 1000 ? { status: 500 } : { status: 200 });
}

const refusesPoison: Receiver = (body) =>
  body.includes(POISON) ? { status: 400, body: "invalid_blocks" } : { status: 200, body: "ok" };

/** Two receivers. One is slow, and fails once for each event. */
export const ordinary = aScenario("a healthy receiver and a slow one", {
  subscriptions: [webhook(HEALTHY), webhook(SLOW, { event_types: ["ADD_BUILD"] })],
  receivers: { [HEALTHY]: accepts, [SLOW]: slowly(atSecondTry) },
  actions: [records(0, "first", BUILD, OTHER), records(1, "second", BUILD)],
});

/** The queues lose all messages in the first minutes, so only the sweep brings the deliveries. */
export const lostHints = aScenario("queues that lose all messages", {
  subscriptions: [webhook(HEALTHY)],
  receivers: { [HEALTHY]: atSecondTry },
  actions: [records(0, "first", BUILD, OTHER)],
  queue: { drop: 1, until: startOfTime + 100_000 },
});

/** Each hint comes twice, to two consumers at the same time, while the sweep runs. */
export const duplicatedHints = aScenario("two consumers with the same deliveries", {
  subscriptions: [webhook(HEALTHY), webhook(SLOW)],
  receivers: { [HEALTHY]: atSecondTry, [SLOW]: slowly(accepts) },
  actions: [records(0, "first", BUILD, OTHER), does(0, "sweep at the same time", sweep)],
  queue: { duplicate: 1, split: 1, until: startOfTime + 600_000 },
});

/** During deliveries, one subscription is disabled and enabled again, one gets a new URL, and one is deleted. */
export const owners = aScenario("owners who disable, enable, change and delete subscriptions", {
  subscriptions: [webhook(HEALTHY), webhook(SLOW), webhook("https://gone.example.com/")],
  receivers: {
    [HEALTHY]: slowly(atSecondTry),
    [SLOW]: slowly(failsUntil(100)),
    [NEW]: accepts,
    "https://gone.example.com/": slowly(atSecondTry),
  },
  actions: [
    records(0, "first", BUILD),
    puts(1, "moves, deletes", [webhook(HEALTHY, { id: "1" }), webhook(NEW, { id: "2" })]),
    puts(45, "disables", [webhook(HEALTHY, { id: "1", enabled: false }), webhook(NEW, { id: "2" })]),
    records(46, "second", BUILD),
    puts(70, "enables", [webhook(HEALTHY, { id: "1" }), webhook(NEW, { id: "2" })]),
  ],
});

/** Ten failures in a row open the breaker. One probe fails, and the next one succeeds. */
export const breaker = aScenario("a receiver that is down for a while", {
  subscriptions: [webhook(HEALTHY)],
  receivers: { [HEALTHY]: failsUntil(400) },
  actions: [records(0, "first", BUILD, BUILD, BUILD, BUILD, BUILD), records(6, "second", BUILD)],
});

/** Like `breaker`, but each delivery has only three attempts, so that the attempt of a probe may be its last one. */
export const shortSchedule = aScenario("a breaker, and a schedule that ends", {
  ...breaker,
  vars: { RETRY_SCHEDULE: "5,5" },
  receivers: { [HEALTHY]: failsUntil(9) },
  mayFail: true,
});

/** Slack refuses every message with one of the events. The other events must arrive. */
export const slack = aScenario("a Slack message that is refused because of one event", {
  vars: { PUBLIC_URL: "https://tidings.example.com" },
  subscriptions: [{ type: "slack", url: SLACK }],
  receivers: { [SLACK]: refusesPoison },
  actions: [records(0, "first", BUILD, { username: `first ${POISON}` }, OTHER)],
});

/** D1 fails each claim of one delivery. Other deliveries are in the same batches. */
export const damaged = aScenario("a row that cannot be claimed", {
  subscriptions: [webhook(HEALTHY), webhook(SLOW)],
  receivers: { [SLOW]: atSecondTry },
  actions: [records(0, "first", BUILD, { username: `first ${UNCLAIMABLE}` }, BUILD)],
});

/** The last attempt is so slow that it can be settled after the owner has sent the delivery again. */
export const lateOverRedelivery = aScenario("a redelivery while an attempt outlives its lease", {
  vars: { RETRY_SCHEDULE: "30" },
  subscriptions: [webhook(HEALTHY)],
  receivers: { [HEALTHY]: slowly(failsUntil(40)) },
  actions: [
    recordsOnce(0, "first", BUILD),
    { ...does(80, `${RECOVER} one`, redeliverUnhinted), repeatsUntilDone: true },
  ],
  mayFail: true,
  mayArriveTwice: true,
});

/** Like `lateOverRedelivery`, but the owner disables and enables the subscription during the attempt. */
export const lateOverRevival = aScenario("a subscription that is enabled again while an attempt outlives its lease", {
  ...lateOverRedelivery,
  actions: [
    records(0, "first", BUILD),
    puts(34, "disables", [webhook(HEALTHY, { id: "1", enabled: false })]),
    puts(35, "enables", [webhook(HEALTHY, { id: "1" })]),
  ],
  mayArriveTwice: false,
});

const DEAD = Array.from({ length: 21 }, (_, index) => `https://dead-${index}.example.com/`);

/**
 * More receivers fail than a sweep releases at once. One other receiver has failed before, but is healthy again and has
 * held deliveries.
 */
export const crowd = aScenario("more failing receivers than a sweep releases at once", {
  subscriptions: [...DEAD, HEALTHY].map((url) => webhook(url)),
  receivers: Object.fromEntries(DEAD.map((url) => [url, failsUntil(400)])),
  actions: [does(0, "records and holds", recordAndHold)],
});

/** Deliveries that failed while the receiver was down are recovered. Later, all events are recovered. */
export const recovery = aScenario("a recovery", {
  vars: { RETRY_SCHEDULE: "5,5" },
  subscriptions: [webhook(HEALTHY)],
  receivers: { [HEALTHY]: failsUntil(60) },
  actions: [
    records(0, "first", BUILD, OTHER),
    recovers(300, "failed"),
    records(301, "second", BUILD),
    recovers(600, "all"),
  ],
  mayFail: true,
  mayArriveTwice: true,
});

/**
 * More events than one step sends, all recorded before the subscription. Only the sweep runs the steps, as after the
 * death of a consumer.
 */
export const longRecovery = aScenario("a recovery in steps", {
  actions: [
    records(0, "first", BUILD, ...Array.from({ length: 98 }, () => OTHER), BUILD),
    records(1, "second", BUILD, BUILD),
    puts(10, "subscribes", [webhook(HEALTHY, { event_types: ["ADD_BUILD"] })]),
    does(20, `${RECOVER} all`, ({ db, now }) =>
      insertRecovery(db, { project: "shop", subscriptionId: 1, selection: "all", fromEventId: "1", now: now() }),
    ),
  ],
});

/** The owner's request ends before it sends the hint. */
async function redeliverUnhinted({ db, now }: Context): Promise<void> {
  const isDue = await markDue(db, 1, now(), now() + HINT_GRACE_MS);
  if (!isDue) throw new Error("an attempt is in progress");
}

/**
 * Makes the state after this history: the held deliveries were being released, all receivers except the last one failed
 * again, and more deliveries are left to release.
 */
async function recordAndHold(context: Context): Promise<void> {
  const nothing = () => Promise.resolve();
  const hints = { first: nothing, retry: nothing, release: nothing, log: nothing, streams: nothing };
  const events = [1, 2].map(() => NewEvent.parse({ ...BUILD, username: "crowd", state_project: "shop" }));
  await recordEvents({ ...context, hints }, events);
  const probes = `SELECT min(id) FROM deliveries GROUP BY subscription_id`;
  await context.db.batch(
    [
      `UPDATE deliveries SET state = 'held' WHERE id NOT IN (${probes}) OR subscription_id > ${DEAD.length}`,
      `UPDATE subscriptions SET release_mode = 'resume', probe_delivery_id = (
        SELECT min(id) FROM deliveries WHERE subscription_id = subscriptions.id) WHERE id <= ${DEAD.length}`,
      `UPDATE subscriptions SET release_mode = 'resume' WHERE id > ${DEAD.length}`,
    ].map((sql) => context.db.prepare(sql)),
  );
}

function recovers(atSeconds: number, which: "failed" | "all") {
  return does(atSeconds, `${RECOVER} ${which}`, (context) =>
    startRecovery(context, OWNER, { project: "shop", id: "1" }, { from: "1", which }),
  );
}

/** Several kinds of subscriptions, changes and failures at the same time. */
export const busy = aScenario("many things at once", {
  vars: { PUBLIC_URL: "https://tidings.example.com", LOG_KEY: KEY.privateKey },
  subscriptions: [webhook(HEALTHY), webhook(SLOW, { event_types: ["ADD_BUILD"] }), { type: "slack", url: SLACK }],
  receivers: { [HEALTHY]: failsUntil(20), [SLOW]: slowly(atSecondTry), [SLACK]: refusesPoison },
  actions: [
    recordsOnce(0, "first", BUILD, OTHER),
    recordsOnce(3, "second", { ...BUILD, username: `second ${POISON}` }, BUILD),
    puts(8, "disables", [
      webhook(HEALTHY, { id: "1", enabled: false }),
      webhook(SLOW, { id: "2", event_types: ["ADD_BUILD"] }),
      { type: "slack", url: SLACK, id: "3" },
    ]),
    records(30, "third", BUILD),
    does(60, "sweep at the same time", sweep),
    puts(130, "enables and moves", [
      webhook(HEALTHY, { id: "1" }),
      webhook(NEW, { id: "2", event_types: ["ADD_BUILD"] }),
      { type: "slack", url: SLACK, id: "3" },
    ]),
  ],
});
