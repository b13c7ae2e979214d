import type { Context } from "../../src/context.ts";
import { sweep } from "../../src/domain/sweep.ts";
import { KEY } from "../support/log.ts";
import { aScenario, does, records, recordsOnce, startOfTime } from "./scenario.ts";

const vars = { LOG_KEY: KEY.privateKey };

/** More events than one step appends. */
const HISTORY = 2_600;

/** Events enter the log seconds after their recording. */
export const ordinaryLog = aScenario("a log", {
  vars,
  actions: [records(0, "first", {}, {}), records(1, "second", {}), recordsOnce(3, "third", {}, {})],
});

/** The queue loses all hints, so only the sweep appends. */
export const unhintedLog = aScenario("a log whose hints are lost", {
  vars,
  actions: [records(0, "first", {}, {}), recordsOnce(61, "second", {})],
  queue: { drop: 1, until: startOfTime + 200_000 },
});

/** Consumers and sweeps append the same events at the same time, while producers record more. */
export const crowdedLog = aScenario("several sequencers at the same time", {
  vars,
  actions: [
    records(0, "first", {}, {}),
    does(0, "sweep at the same time", sweep),
    does(0, "sweep again", sweep),
    records(2, "second", {}),
    does(2, "sweep once more", sweep),
    records(2, "third", {}),
  ],
  queue: { duplicate: 1, split: 1, until: startOfTime + 600_000 },
});

/** A log that starts with a history. The history takes several steps, and producers record more events. */
export const lateLog = aScenario("a log that begins with a history", {
  vars,
  actions: [does(0, "history", insertHistory), records(1, "first", {}), records(60, "second", {})],
});

/** Inserts events with three feeds, like recorded events of the project `shop`. */
async function insertHistory({ db }: Context): Promise<void> {
  await db.batch([
    db
      .prepare(
        `WITH RECURSIVE ids (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < ?1)
        INSERT INTO events (id, type, timestamp, username, recorded_at, opening, json)
        SELECT id, 'ADD_BUILD', '1', 'history', ?2, randomblob(32), '{"id":"' || id || '"}' FROM ids`,
      )
      .bind(HISTORY, startOfTime),
    db.prepare("INSERT INTO feed_entries SELECT -value, events.id FROM json_each('[1,2,3]') CROSS JOIN events"),
  ]);
}
