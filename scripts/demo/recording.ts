import type { Api } from "../../test/kit/api.ts";
import { check } from "../../test/kit/check.ts";
import type { SentEvent } from "../../test/kit/entry.ts";

const SIZES = [1, 1, 1, 40, 1, 100];
const MAX_BODY_BYTES = 1_000_000;

export interface Recorded {
  requests: number;
  /** The number of requests that were sent a second time. */
  repeated: number;
  /** The ID in the response's `Location`, by the event's timestamp. */
  ids: Map<string, string>;
}

/** Records all events in order. Single events have a key and are sent twice; the others are sent in arrays. */
export async function recordAll(api: Api, events: SentEvent[]): Promise<Recorded> {
  const recorded: Recorded = { requests: 0, repeated: 0, ids: new Map() };
  for (let start = 0; start < events.length; recorded.requests += 1) {
    const array = nextArray(events, start, SIZES[recorded.requests % SIZES.length] ?? 1);
    const [event] = array;
    if (array.length === 1 && event !== undefined) {
      recorded.ids.set(event.timestamp, await recordTwice(api, event));
      recorded.repeated += 1;
    } else {
      await api.asProducer("/internal/create-event", { method: "POST", body: JSON.stringify(array) });
    }
    start += array.length;
  }
  return recorded;
}

/** Acts as a producer who did not get the first response. Nothing may be recorded twice. */
async function recordTwice(api: Api, event: SentEvent): Promise<string> {
  const call = {
    method: "POST",
    headers: { "Idempotency-Key": `"demo-${event.timestamp}"` },
    body: JSON.stringify(event),
  };
  const first = await api.asProducer("/internal/create-event", call);
  const second = await api.asProducer("/internal/create-event", call);
  const location = first.headers.get("Location");
  check(location === second.headers.get("Location"), "A repeated request got another Location than the first.");
  const id = /^\/api\/v1\/events\/([0-9]+)$/.exec(location ?? "")?.[1];
  check(id !== undefined, `The Location of a recorded event is ${location ?? "missing"}.`);
  return id;
}

/** At most `size` events, but not more than fit into one body. */
function nextArray(events: SentEvent[], start: number, size: number): SentEvent[] {
  const array: SentEvent[] = [];
  let bytes = 0;
  for (const event of events.slice(start, start + size)) {
    bytes += Buffer.byteLength(JSON.stringify(event)) + 1;
    if (array.length > 0 && bytes > MAX_BODY_BYTES) break;
    array.push(event);
  }
  return array;
}
