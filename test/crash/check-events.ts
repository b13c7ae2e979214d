import type { Event } from "../../src/schemas/event.ts";
import type { Api } from "../kit/api.ts";
import { auditor } from "../kit/auditor.ts";
import { check } from "../kit/check.ts";
import { type Entry, isServedAsSent } from "../kit/entry.ts";
import { listAll } from "../kit/reading.ts";
import { formatIds } from "../kit/output.ts";
import type { Ledger } from "./ledger.ts";
import type { ProducerRequest } from "./producer-requests.ts";

/**
 * Returns all events, oldest first. First checks that no event is missing that got a 200, that no event was recorded
 * twice, that no request was recorded in part, and that the events of a request follow each other.
 */
export async function readHistory(api: Api, ledger: Ledger): Promise<Entry[]> {
  const { events: newestFirst } = await listAll(api, auditor, "everything", 500);
  const events = newestFirst.toReversed();
  for (const [index, { id }] of events.entries()) {
    const before = events[index - 1];
    check(before === undefined || BigInt(before.id) < BigInt(id), `The event ${id} is listed after ${before?.id}.`);
  }
  const served = Map.groupBy(events, ({ timestamp }) => timestamp);
  checkAnswered(ledger, served);
  checkGivenUp(ledger, served);
  return entriesOf(ledger, events, served);
}

function checkAnswered({ answered }: Ledger, served: Map<string, Event[]>): void {
  const lost = answered.flatMap(({ request }) => request.events).filter(({ timestamp }) => !served.has(timestamp));
  check(
    lost.length === 0,
    `Answered with 200 and not there: ${formatIds(lost.map(({ data, timestamp }) => `${String(data["request"])} (${timestamp})`))}.`,
  );
  for (const { request, location } of answered) {
    const ids = idsOf(request, served);
    checkOneAfterTheOther(request, ids);
    if (request.events.length > 1) continue;
    check(location === `/api/v1/events/${ids[0]}`, `${request.key} got the Location ${location}, and is ${ids[0]}.`);
  }
}

function checkGivenUp({ givenUp }: Ledger, served: Map<string, Event[]>): void {
  for (const request of givenUp) {
    const ids = idsOf(request, served);
    if (ids.length === 0) continue;
    check(
      ids.length === request.events.length,
      `Of ${request.key}, ${ids.length} events are there instead of all ${request.events.length} or none.`,
    );
    checkOneAfterTheOther(request, ids);
  }
}

function idsOf({ events }: ProducerRequest, served: Map<string, Event[]>): string[] {
  return events.flatMap(({ timestamp }) => served.get(timestamp) ?? []).map(({ id }) => id);
}

function checkOneAfterTheOther({ key, events }: ProducerRequest, ids: string[]): void {
  check(ids.length === events.length, `${key} was recorded more than once: ${formatIds(ids)}.`);
  const inOrder = ids.every((id, place) => BigInt(id) === BigInt(ids[0] ?? 0) + BigInt(place));
  check(inOrder, `The events of ${key} do not follow each other: ${ids.join(", ")}.`);
}

function entriesOf({ answered, givenUp }: Ledger, events: Event[], served: Map<string, Event[]>): Entry[] {
  const requests = [...answered.map(({ request }) => request), ...givenUp];
  const sent = new Map(requests.flatMap((request) => request.events).map((event) => [event.timestamp, event]));
  check(served.size === events.length, "A timestamp that was sent once is listed twice.");
  return events.map((event) => {
    const asSent = sent.get(event.timestamp);
    check(asSent !== undefined, `The event ${event.id} was never sent.`);
    check(isServedAsSent(asSent, event), `The event ${event.id} is not served as it was sent.`);
    return { sent: asSent, served: event };
  });
}
