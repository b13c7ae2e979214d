import type { Event, Listing } from "../../src/client/index.ts";
import type { ReaderClaims } from "../reader-token.ts";
import type { Api } from "../../test/kit/api.ts";
import { checkSameIds } from "../../test/kit/check.ts";
import type { Entry } from "../../test/kit/entry.ts";
import { type Listed, listAll } from "../../test/kit/reading.ts";
import { idsFor } from "./history.ts";

const PAGE_SIZE = 30;

/** Reads a listing as a reader, and checks that it has exactly the events that the reader may see there. */
export async function checkListing(
  api: Api,
  reader: ReaderClaims,
  history: Entry[],
  project?: string,
): Promise<Listed> {
  const listing: Listing = project === undefined ? "everything" : ["state", project];
  const listed = await listAll(api, reader, listing, PAGE_SIZE);
  const inScope = history.filter(({ sent }) => project === undefined || sent.state_project === project);
  checkSameIds(
    `${JSON.stringify(listing)} as ${reader.user}`,
    idsOf(listed.events),
    idsFor(reader, inScope).toReversed(),
  );
  return listed;
}

export function checkFollowed(events: Event[], reader: ReaderClaims, history: Entry[]): void {
  checkSameIds(`The feed as ${reader.user} followed it`, idsOf(events), idsFor(reader, history));
}

/** Checks that each event that is hidden from a reader is a 404 by its ID, too. */
export async function checkHidden(api: Api, reader: ReaderClaims, history: Entry[]): Promise<number> {
  const visible = new Set(idsFor(reader, history));
  const hidden = history.map(({ served }) => served.id).filter((id) => !visible.has(id));
  for (const id of hidden) await api.asReader(reader, `/api/v1/events/${id}`, { expected: 404 });
  return hidden.length;
}

function idsOf(events: Event[]): string[] {
  return events.map(({ id }) => id);
}
