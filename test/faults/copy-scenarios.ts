import type { Context } from "../../src/context.ts";
import { currentCheckpoint } from "../../src/domain/log/current-checkpoint.ts";
import { sweep } from "../../src/domain/sweep.ts";
import { KEY } from "../support/log.ts";
import { backingUp, restoring } from "../support/restore.ts";
import { sightings } from "./log-watch.ts";
import { aScenario, does, records, recordsOnce, startOfTime, type Action } from "./scenario.ts";

/**
 * The beginning of the names of actions by the operator. If such an action fails, this is not a fault of the service.
 */
export const OPERATOR = "operator";

const vars = { LOG_KEY: KEY.privateKey };

/** Events that are in the log and in its copy seconds after their recording, and are shown to readers. */
export const copiedLog = aScenario("a log with a copy", {
  vars,
  copy: "seen by one isolate",
  actions: [records(0, "first", {}, {}), records(1, "second", {}), looks(2), recordsOnce(3, "third", {}, {}), looks(9)],
});

/** Publishers and sweeps that run at the same time, while more events are recorded. */
export const crowdedCopy = aScenario("publishers at once", {
  vars,
  copy: "seen by one isolate",
  actions: [
    records(0, "first", {}, {}),
    does(0, "sweep at the same time", sweep),
    records(2, "second", {}),
    does(2, "sweep again", sweep),
    looks(2),
  ],
  queue: { duplicate: 1, split: 1, until: startOfTime + 600_000 },
});

/**
 * A restore of D1. The events that were recorded and published after the backup are lost in D1, and recording goes on.
 */
export const restoredLog = aScenario("a restore of D1", {
  vars,
  copy: "seen by one isolate",
  actions: [
    records(0, "first", {}, {}),
    backsUp(5),
    lost(records(6, "second", {}, {})),
    looks(12),
    restores(20),
    looks(20),
    records(20, "third", {}),
    looks(21),
    records(30, "fourth", {}),
    looks(40),
  ],
});

/** The same restore in isolates that know nothing, to a time before anything was published. */
export const restoredToNothing = aScenario("a restore of D1 to before the first checkpoint", {
  vars,
  copy: "seen by new isolates",
  actions: [
    backsUp(0),
    lost(records(1, "first", {}, {})),
    restores(20),
    records(21, "second", {}),
    looks(22),
    looks(40),
  ],
});

/** A restore of D1 while a publisher is on its way. Only the sweep can take over the copy. */
export const restoredInFlight = aScenario("a restore of D1 under a publisher", {
  vars,
  copy: "seen by one isolate",
  actions: [
    records(0, "first", {}),
    backsUp(5),
    lost(records(6, "second", {}, {})),
    restores(6),
    does(6, "sweep at the same time", sweep),
    looks(7),
    looks(90),
  ],
});

/** Two restores of D1 to the same time. */
export const restoredAgain = aScenario("two restores of D1", {
  vars,
  copy: "seen by one isolate",
  actions: [
    records(0, "first", {}),
    backsUp(5),
    lost(records(6, "second", {})),
    restores(20),
    lost(records(21, "third", {})),
    restores(130),
    records(131, "fourth", {}),
    looks(140),
  ],
});

/** All kinds of actions at the same time, except restores. */
export const busyCopy = aScenario("a busy log with a copy", {
  vars,
  copy: "seen by one isolate",
  actions: [
    recordsOnce(0, "first", {}, {}),
    recordsOnce(3, "second", {}),
    does(3, "sweep at the same time", sweep),
    records(30, "third", {}),
    looks(61),
    recordsOnce(61, "fourth", {}, {}),
    does(61, "sweep again", sweep),
    looks(130),
  ],
});

function backsUp(atSeconds: number): Action {
  return { ...does(atSeconds, `${OPERATOR} backs up`, ({ db }) => db.batch(backingUp(db))), repeatsUntilDone: true };
}

function restores(atSeconds: number): Action {
  return { ...does(atSeconds, `${OPERATOR} restores`, ({ db }) => db.batch(restoring(db))), repeatsUntilDone: true };
}

/**
 * A reader asks for the newest checkpoint. If the bucket does not respond, the isolate shows what it has read before,
 * so this look is not recorded.
 */
function looks(atSeconds: number): Action {
  return does(atSeconds, "look", async (context: Context) => {
    let isBlind = false;
    const log = () => (isBlind = true);
    const current = await currentCheckpoint({ ...context, log }, context.db);
    const note = current.kind === "checkpoint" ? current.note : null;
    if (!isBlind) sightings.shown.push({ at: context.now(), note });
  });
}

function lost(action: Action): Action {
  return { ...action, isLost: true };
}
