import type { Context } from "../../src/context.ts";
import { runStreams } from "../../src/domain/streams/run-streams.ts";
import { removeStream, replaceStream } from "../../src/domain/streams/set-streams.ts";
import { pauseStream, resumeStream, rewindStream, skipEvent } from "../../src/domain/streams/steer-stream.ts";
import { ChangedStream } from "../../src/schemas/stream.ts";
import { accepts, idsInLines, type Receiver } from "./receivers.ts";
import { aScenario, does, records, recordsOnce, startOfTime, STREAM_OPERATOR, type Action } from "./scenario.ts";

const SIEM = "https://siem.example.com/";
const OTHER = "https://other.example.com/";

/** Events arrive seconds after their recording. */
export const ordinaryStream = aScenario("a stream", {
  streams: [{ url: SIEM }],
  receivers: { [SIEM]: accepts },
  actions: [records(0, "first", {}, {}), records(1, "second", {}), recordsOnce(3, "third", {}, {})],
});

/** The queue loses all hints, so only the sweep sends the stream. */
export const unhintedStream = aScenario("a stream whose hints are lost", {
  streams: [{ url: SIEM }],
  receivers: { [SIEM]: accepts },
  actions: [records(0, "first", {}, {}), recordsOnce(61, "second", {})],
  queue: { drop: 1, until: startOfTime + 200_000 },
});

/** Several invocations send the same streams, in many small batches, while producers record more. */
export const crowdedStreams = aScenario("several runners at the same time", {
  streams: [{ url: SIEM }, { url: OTHER, listing: { state_project: "other" } }],
  receivers: { [SIEM]: accepts, [OTHER]: accepts },
  actions: [
    withSmallBatches(0),
    records(0, "first", ...Array.from({ length: 6 }, () => ({}))),
    records(0, "others", { state_project: "other" }, { state_project: "other" }),
    does(0, "run", runStreams),
    does(0, "run too", runStreams),
    records(2, "second", {}, {}),
    does(2, "run again", runStreams),
  ],
  queue: { duplicate: 1, split: 1, until: startOfTime + 60_000 },
});

/** The receiver fails, asks for a pause, and is slow. */
export const flakyStream = aScenario("a receiver that fails now and then", {
  streams: [{ url: SIEM }],
  receivers: { [SIEM]: flaky },
  actions: [withSmallBatches(0), records(0, "first", {}, {}, {}, {}), records(7, "second", {}, {})],
});

function flaky(_body: string, _at: number, times: number) {
  return times === 1 ? { status: 503 } : { status: 200, afterMs: 3_000 };
}

/** The receiver takes at most two events, and refuses the third event, until an operator skips it. */
export const refusedStream = aScenario("a receiver that refuses", {
  streams: [{ url: SIEM }],
  receivers: { [SIEM]: refusing },
  actions: [records(0, "first", {}, {}, {}, {}, {}), skips(20, 3), records(25, "second", {})],
});

function refusing(body: string) {
  const ids = idsInLines(body);
  if (ids.length > 2) return { status: 413 };
  return { status: ids.includes(3) ? 400 : 200 };
}

const slowly: Receiver = () => ({ status: 200, afterMs: 4_000 });

/** Operators pause, resume and rewind a stream while batches are on their way. */
export const steeredStream = aScenario("a stream that operators steer", {
  streams: [{ url: SIEM }],
  receivers: { [SIEM]: slowly },
  actions: [
    records(0, "first", {}, {}, {}),
    steers(2, "pause", (context) => pauseStream(context, STREAM_OPERATOR, "1")),
    records(3, "second", {}, {}),
    steers(12, "resume", (context) => resumeStream(context, STREAM_OPERATOR, "1")),
    steers(14, "rewind", (context) => rewindStream(context, STREAM_OPERATOR, "1", "1")),
    records(20, "third", {}),
  ],
  mayArriveTwice: true,
});

/** A stream gets another destination, and another one is deleted, while batches are on their way. */
export const replacedStreams = aScenario("a stream that moves, and one deleted", {
  streams: [{ url: SIEM }, { url: "https://deleted.example.com/" }],
  receivers: { [SIEM]: slowly, [OTHER]: slowly, "https://deleted.example.com/": slowly },
  actions: [
    steers(0, "replace", (context) => replaceStream(context, STREAM_OPERATOR, "1", elsewhere())),
    records(0, "first", {}, {}),
    steers(2, "delete", (context) => removeStream(context, STREAM_OPERATOR, "2")),
    records(3, "second", {}),
  ],
  mayArriveTwice: true,
});

function elsewhere(): ChangedStream {
  return ChangedStream.parse({ name: "elsewhere", kind: "http", destination: { url: OTHER } });
}

/** Streams of both kinds of receivers with all that operators do, for random faults. */
export const busyStreams = aScenario("busy streams", {
  streams: [{ url: SIEM }, { url: OTHER, listing: { state_project: "other" } }],
  receivers: { [SIEM]: flaky, [OTHER]: slowly },
  actions: [
    withSmallBatches(0),
    records(0, "first", {}, {}, { state_project: "other" }, {}),
    steers(2, "pause", (context) => pauseStream(context, STREAM_OPERATOR, "2")),
    recordsOnce(3, "second", { state_project: "other" }, {}),
    steers(30, "resume", (context) => resumeStream(context, STREAM_OPERATOR, "2")),
    recordsOnce(61, "third", {}, { state_project: "other" }),
    steers(61, "rewind", (context) => rewindStream(context, STREAM_OPERATOR, "1", "1")),
    recordsOnce(130, "fourth", {}),
  ],
  mayArriveTwice: true,
});

/** Batches begin with one or two events. Each batch that arrives raises the limit. */
function withSmallBatches(atSeconds: number): Action {
  return does(atSeconds, "small batches", ({ db }) => db.prepare("UPDATE streams SET max_batch_bytes = 250").run());
}

/** An operator does something, and repeats it until it succeeds. */
function steers(atSeconds: number, name: string, act: Action["act"]): Action {
  const untilGone = (context: Context) =>
    act(context).catch((error: unknown) => {
      // Another try of the operator has deleted the stream, or the stream has not come so far.
      const isDone =
        error instanceof Error && ["not-found", "conflict"].includes((error as { code?: string }).code ?? "");
      if (!isDone) throw error;
    });
  return { ...does(atSeconds, `operator: ${name}`, untilGone), repeatsUntilDone: true };
}

/** An operator skips an event as soon as the stream waits at it. */
function skips(atSeconds: number, event: number): Action {
  const act = async (context: Context) => {
    const { results } = await context.db.prepare("SELECT 1 FROM stream_changes WHERE action = 'skip'").all();
    if (results.length === 0) await skipEvent(context, STREAM_OPERATOR, "1", `${event}`);
  };
  return { ...does(atSeconds, "operator: skip", act), repeatsUntilDone: true };
}
