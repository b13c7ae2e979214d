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

const WELL = "https://well.example.com/";
const SLOW = "https://slow.example.com/";
const NEW = "https://new.example.com/";
const SLACK = "https://hooks.slack.com/services/T/B/x";

const BUILD = { type: "ADD_BUILD" };
const OTHER = { type: "CREATE_STATE_DEPLOYMENT" };

/** Its first answer to each event is an error. */
const atSecondTry: Receiver = (_body, _at, times) => (times === 1 ? { status: 503 } : { status: 200 });

/** So slow that the others of its batch are settled before it. */
function slowly(receiver: Receiver): Receiver {
  return (...request) => ({ ...receiver(...request), afterMs: 3000 });
}

function wellFrom(seconds: number): Receiver {
  return (_body, at) => (at < startOfTime + seconds * 1000 ? { status: 500 } : { status: 200 });
}

const refusesPoison: Receiver = (body) =>
  body.includes(POISON) ? { status: 400, body: "invalid_blocks" } : { status: 200, body: "ok" };

/** Two receivers, one of them slow and failing at first. */
export const ordinary = aScenario("an ordinary day", {
  subscriptions: [webhook(WELL), webhook(SLOW, { event_types: ["ADD_BUILD"] })],
  receivers: { [WELL]: accepts, [SLOW]: slowly(atSecondTry) },
  actions: [records(0, "first", BUILD, OTHER), records(1, "second", BUILD)],
});

/** The queues lose everything for the first minutes: the sweep alone brings the deliveries. */
export const forgotten = aScenario("queues that forget", {
  subscriptions: [webhook(WELL)],
  receivers: { [WELL]: atSecondTry },
  actions: [records(0, "first", BUILD, OTHER)],
  queue: { drop: 1, until: startOfTime + 100_000 },
});

/** Each hint comes twice, to two consumers at once, while the sweep runs. */
export const twice = aScenario("two consumers at the same deliveries", {
  subscriptions: [webhook(WELL), webhook(SLOW)],
  receivers: { [WELL]: atSecondTry, [SLOW]: slowly(accepts) },
  actions: [records(0, "first", BUILD, OTHER), does(0, "sweep at the same time", sweep)],
  queue: { duplicate: 1, split: 1, until: startOfTime + 600_000 },
});

/** While deliveries are on their way one subscription is disabled and enabled, one moves, one is deleted. */
export const owners = aScenario("owners who change their minds", {
  subscriptions: [webhook(WELL), webhook(SLOW), webhook("https://gone.example.com/")],
  receivers: {
    [WELL]: slowly(atSecondTry),
    [SLOW]: slowly(wellFrom(100)),
    [NEW]: accepts,
    "https://gone.example.com/": slowly(atSecondTry),
  },
  actions: [
    records(0, "first", BUILD),
    puts(1, "moves, deletes", [webhook(WELL, { id: "1" }), webhook(NEW, { id: "2" })]),
    puts(45, "disables", [webhook(WELL, { id: "1", enabled: false }), webhook(NEW, { id: "2" })]),
    records(46, "second", BUILD),
    puts(70, "enables", [webhook(WELL, { id: "1" }), webhook(NEW, { id: "2" })]),
  ],
});

/** Ten failures in a row open the breaker; a probe fails, the next one finds the receiver well. */
export const breaker = aScenario("a receiver that is down for a while", {
  subscriptions: [webhook(WELL)],
  receivers: { [WELL]: wellFrom(400) },
  actions: [records(0, "first", BUILD, BUILD, BUILD, BUILD, BUILD), records(6, "second", BUILD)],
});

/** As before, but each delivery has three attempts only, so that a probe's may be its last. */
export const shortSchedule = aScenario("a breaker and a schedule that comes to its end", {
  ...breaker,
  vars: { RETRY_SCHEDULE: "5,5" },
  receivers: { [WELL]: wellFrom(9) },
  mayFail: true,
});

/** One event makes Slack refuse every message that tells of it: its neighbours arrive. */
export const slack = aScenario("Slack refuses a digest for one of its events", {
  vars: { PUBLIC_URL: "https://tidings.example.com" },
  subscriptions: [{ type: "slack", url: SLACK }],
  receivers: { [SLACK]: refusesPoison },
  actions: [records(0, "first", BUILD, { username: `first ${POISON}` }, OTHER)],
});

/** D1 cannot lease one of the deliveries, whoever tries; its neighbours are in the same batches. */
export const damaged = aScenario("a row that cannot be claimed", {
  subscriptions: [webhook(WELL), webhook(SLOW)],
  receivers: { [SLOW]: atSecondTry },
  actions: [records(0, "first", BUILD, { username: `first ${UNCLAIMABLE}` }, BUILD)],
});

/** The last attempt is slow, so that its settlement can come after its owner has asked for the delivery once more. */
export const lateOverRedelivery = aScenario("a redelivery while an attempt outlives its lease", {
  vars: { RETRY_SCHEDULE: "30" },
  subscriptions: [webhook(WELL)],
  receivers: { [WELL]: slowly(wellFrom(40)) },
  actions: [recordsOnce(0, "first", BUILD), { ...does(80, `${RECOVER} one`, redeliverUnhinted), insists: true }],
  mayFail: true,
  mayArriveTwice: true,
});

/** As before, but the owner disables and enables the subscription meanwhile. */
export const lateOverRevival = aScenario("a revival while an attempt outlives its lease", {
  ...lateOverRedelivery,
  actions: [
    records(0, "first", BUILD),
    puts(34, "disables", [webhook(WELL, { id: "1", enabled: false })]),
    puts(35, "enables", [webhook(WELL, { id: "1" })]),
  ],
  mayArriveTwice: false,
});

const DEAD = Array.from({ length: 21 }, (_, index) => `https://dead-${index}.example.com/`);

/** More receivers than a sweep releases at once are down again, while one that was down as well has long been back. */
export const crowd = aScenario("a crowd of others that are down", {
  subscriptions: [...DEAD, WELL].map((url) => webhook(url)),
  receivers: Object.fromEntries(DEAD.map((url) => [url, wellFrom(400)])),
  actions: [does(0, "records and holds", recordAndHold)],
});

/** What failed while the receiver was down is recovered, and later everything. */
export const recovery = aScenario("a recovery", {
  vars: { RETRY_SCHEDULE: "5,5" },
  subscriptions: [webhook(WELL)],
  receivers: { [WELL]: wellFrom(60) },
  actions: [
    records(0, "first", BUILD, OTHER),
    recovers(300, "failed"),
    records(301, "second", BUILD),
    recovers(600, "all"),
  ],
  mayFail: true,
  mayArriveTwice: true,
});

/** More events than one step takes, all from before the subscription. The sweep alone does it, as after a consumer's death. */
export const longRecovery = aScenario("a recovery in steps", {
  actions: [
    records(0, "first", BUILD, ...Array.from({ length: 98 }, () => OTHER), BUILD),
    records(1, "second", BUILD, BUILD),
    puts(10, "subscribes", [webhook(WELL, { event_types: ["ADD_BUILD"] })]),
    does(20, `${RECOVER} all`, ({ db, now }) =>
      insertRecovery(db, { project: "shop", subscriptionId: 1, selection: "all", fromEventId: "1", now: now() }),
    ),
  ],
});

/** The owner's request dies before it can hint. */
async function redeliverUnhinted({ db, now }: Context): Promise<void> {
  const isDue = await markDue(db, 1, now(), now() + HINT_GRACE_MS);
  if (!isDue) throw new Error("an attempt is running right now");
}

/** As if all were released and failed again but for the last, with more to release. */
async function recordAndHold(context: Context): Promise<void> {
  const nothing = () => Promise.resolve();
  const hints = { first: nothing, retry: nothing, release: nothing, log: nothing };
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

/** Everything at once. */
export const busy = aScenario("a busy hour", {
  vars: { PUBLIC_URL: "https://tidings.example.com", LOG_KEY: KEY.privateKey },
  subscriptions: [webhook(WELL), webhook(SLOW, { event_types: ["ADD_BUILD"] }), { type: "slack", url: SLACK }],
  receivers: { [WELL]: wellFrom(20), [SLOW]: slowly(atSecondTry), [SLACK]: refusesPoison },
  actions: [
    recordsOnce(0, "first", BUILD, OTHER),
    recordsOnce(3, "second", { ...BUILD, username: `second ${POISON}` }, BUILD),
    puts(8, "disables", [
      webhook(WELL, { id: "1", enabled: false }),
      webhook(SLOW, { id: "2", event_types: ["ADD_BUILD"] }),
      { type: "slack", url: SLACK, id: "3" },
    ]),
    records(30, "third", BUILD),
    does(60, "sweep at the same time", sweep),
    puts(130, "enables and moves", [
      webhook(WELL, { id: "1" }),
      webhook(NEW, { id: "2", event_types: ["ADD_BUILD"] }),
      { type: "slack", url: SLACK, id: "3" },
    ]),
  ],
});
