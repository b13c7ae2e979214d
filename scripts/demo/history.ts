import type { ReaderClaims } from "../reader-token.ts";
import type { Api } from "../../test/kit/api.ts";
import { auditor } from "../../test/kit/auditor.ts";
import { check } from "../../test/kit/check.ts";
import { type Entry, isServedAsSent, type SentEvent } from "../../test/kit/entry.ts";
import { listAll } from "../../test/kit/reading.ts";
import { maySee } from "../../test/kit/rules.ts";
import type { Recorded } from "./recording.ts";

/**
 * The recorded events, oldest first, as the auditor sees them. Checks that they are the sent events, in order and each
 * once.
 */
export async function readHistory(api: Api, sent: SentEvent[], recorded: Recorded): Promise<Entry[]> {
  const { events } = await listAll(api, auditor, "everything", 100);
  check(events.length === sent.length, `${sent.length} events were sent, and the auditor sees ${events.length}.`);
  return events.toReversed().map((served, index, all) => {
    const event = sent[index];
    check(
      event !== undefined && isServedAsSent(event, served),
      `Event ${served.id} differs from the event that was sent.`,
    );
    const earlier = all[index - 1];
    check(earlier === undefined || BigInt(earlier.id) < BigInt(served.id), `The ID ${served.id} is out of order.`);
    const located = recorded.ids.get(served.timestamp) ?? served.id;
    check(located === served.id, `Location named ${located} for the event that is listed as ${served.id}.`);
    return { sent: event, served };
  });
}

/** The IDs of the events that a reader may see, oldest first. */
export function idsFor(reader: ReaderClaims, history: Entry[]): string[] {
  return history.filter(({ sent }) => maySee(reader, sent)).map(({ served }) => served.id);
}
