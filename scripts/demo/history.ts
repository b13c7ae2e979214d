import { isDeepStrictEqual } from "node:util";
import type { Event } from "../../src/schemas/event.ts";
import type { ReaderClaims } from "../reader-token.ts";
import type { Api } from "./api.ts";
import { auditor } from "./cast.ts";
import { check } from "./check.ts";
import type { SentEvent } from "./events.ts";
import { listAll } from "./reading.ts";
import type { Recorded } from "./recording.ts";
import { maySee } from "./rules.ts";

/** An event as it was sent and as it is served. */
export interface Entry {
  sent: SentEvent;
  served: Event;
}

/** What the service has recorded, oldest first, as the auditor sees it: exactly what was sent, in that order, once. */
export async function readHistory(api: Api, sent: SentEvent[], recorded: Recorded): Promise<Entry[]> {
  const { events } = await listAll(api, auditor, "everything", 100);
  check(events.length === sent.length, `${sent.length} events were sent, and the auditor sees ${events.length}.`);
  return events.toReversed().map((served, index, all) => {
    const event = sent[index];
    check(event !== undefined && isSame(event, served), `The event ${served.id} is not served as it was sent.`);
    const earlier = all[index - 1];
    check(earlier === undefined || BigInt(earlier.id) < BigInt(served.id), `The ID ${served.id} is out of order.`);
    const located = recorded.ids.get(served.timestamp) ?? served.id;
    check(located === served.id, `Location named ${located} for the event that is listed as ${served.id}.`);
    return { sent: event, served };
  });
}

/** The IDs of what a reader may see, oldest first. */
export function idsFor(reader: ReaderClaims, history: Entry[]): string[] {
  return history.filter(({ sent }) => maySee(reader, sent)).map(({ served }) => served.id);
}

function isSame(sent: SentEvent, { id, inventory_namespace, allowed_roles, ...served }: Event): boolean {
  return (
    isDeepStrictEqual({ id, ...served }, { id, ...sent }) &&
    inventory_namespace === sent.inventory_project &&
    isDeepStrictEqual(allowed_roles, sent.allowed_groups)
  );
}
