import { setTimeout as delay } from "node:timers/promises";
import type { Event } from "../../src/schemas/event.ts";
import type { ReaderClaims } from "../reader-token.ts";
import type { Api } from "./api.ts";
import { check } from "./check.ts";

export const EVERYTHING = "/api/v1/events/query/";

export interface Listed {
  events: Event[];
  pages: number;
}

/** All that a listing has for a reader, newest first, page by page along the `next` links. */
export async function listAll(api: Api, reader: ReaderClaims, path: string, pageSize: number): Promise<Listed> {
  const listed: Listed = { events: [], pages: 0 };
  let next: string | undefined = `${path}?page_size=${pageSize}`;
  while (next !== undefined) {
    const page = await readPage(api, reader, next);
    listed.events.push(...page.events);
    listed.pages += 1;
    check(page.next === undefined || page.events.length === pageSize, `A page of ${path} came short before the end.`);
    next = page.next;
  }
  return listed;
}

/** Follows the feed from its beginning, oldest first, until `isOver` and nothing new comes. */
export async function follow(api: Api, reader: ReaderClaims, pageSize: number, isOver: () => boolean): Promise<Listed> {
  const listed: Listed = { events: [], pages: 0 };
  let next = `${EVERYTHING}?page_after=0&page_size=${pageSize}`;
  for (;;) {
    const wasOver = isOver();
    const page = await readPage(api, reader, next);
    check(page.next !== undefined, "A page_after answer came without the next link to poll.");
    listed.events.push(...page.events);
    listed.pages += 1;
    next = page.next;
    if (page.events.length > 0) continue;
    if (wasOver) return listed;
    await delay(100);
  }
}

async function readPage(api: Api, reader: ReaderClaims, target: string) {
  const response = await api.asReader(reader, target);
  const events: Event[] = await response.json();
  return { events, next: /<([^>]*)>\s*;\s*rel="?next"?/.exec(response.headers.get("Link") ?? "")?.[1] };
}
