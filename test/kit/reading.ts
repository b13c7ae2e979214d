import type { Event, Listing } from "../../src/client/index.ts";
import type { ReaderClaims } from "../../scripts/reader-token.ts";
import type { Api } from "./api.ts";
import { check } from "./check.ts";

const FOLLOWING_SECONDS = 60;

export interface Listed {
  events: Event[];
  pages: number;
}

/** Reads all pages of a listing as a reader, newest first. */
export async function listAll(api: Api, reader: ReaderClaims, listing: Listing, pageSize: number): Promise<Listed> {
  const listed: Listed = { events: [], pages: 0 };
  const stream = api.clientFor(reader).events(listing, { page_size: pageSize, signal: api.signal });
  for await (const page of stream.pages()) {
    const isFullSoFar = listed.events.length === listed.pages * pageSize;
    check(isFullSoFar, `A page of ${JSON.stringify(listing)} is short, although it is not the last.`);
    listed.events.push(...page);
    listed.pages += 1;
  }
  return listed;
}

/** Follows the feed from its beginning, oldest first, until `isOver` returns true and no new event comes. */
export async function followAll(
  api: Api,
  reader: ReaderClaims,
  pageSize: number,
  isOver: () => boolean,
): Promise<Event[]> {
  const events: Event[] = [];
  const late = AbortSignal.timeout(FOLLOWING_SECONDS * 1000);
  const signal = AbortSignal.any([api.signal, late]);
  const stream = api.clientFor(reader).follow("everything", { page_size: pageSize, pollSeconds: 0.1, signal });
  let wasOver = false;
  try {
    for await (const page of stream.pages()) {
      events.push(...page);
      if (wasOver && page.length === 0) break;
      wasOver = isOver();
    }
  } catch (error) {
    check(!late.aborted, `${reader.user} has not reached the end of the feed in ${FOLLOWING_SECONDS} s.`);
    throw error;
  }
  return events;
}
