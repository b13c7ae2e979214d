import type { Event } from "../schemas/event.ts";
import { type Connection, type Place, readPage } from "./page.ts";
import { type Pace, persist } from "./patience.ts";

const MAX_RETRIES = 4;

/** Page by page along the `next` links, newest first, to the first event. */
export async function* pagesBack(world: Connection & Pace, url: string, signal: AbortSignal): AsyncGenerator<Event[]> {
  for (let place: Place | undefined = { url }; place !== undefined;) {
    const asked: Place = place;
    const page = await persist(world, MAX_RETRIES, signal, () => readPage(world, asked, signal));
    yield page.events ?? [];
    place = page.next === undefined ? undefined : { url: page.next, bookmark: page.bookmark };
  }
}
