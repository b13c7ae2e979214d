import { setTimeout as delay } from "node:timers/promises";
import type { Event } from "../../src/schemas/event.ts";
import type { ReaderClaims } from "../reader-token.ts";
import type { Api } from "./api.ts";
import { check } from "./check.ts";

export const EVERYTHING = "/api/v1/events/query/";

export interface Listed<Item = Event> {
  items: Item[];
  pages: number;
}

interface Page<Item> {
  items: Item[];
  /** Where the next one is. */
  next: string | undefined;
}

/** All that a listing has for a reader, newest first, page by page along the `next` links. */
export async function listAll<Item = Event>(
  api: Api,
  reader: ReaderClaims,
  path: string,
  pageSize: number,
  filters: Record<string, string> = {},
): Promise<Listed<Item>> {
  const listed: Listed<Item> = { items: [], pages: 0 };
  let next: string | undefined =
    `${path}?${new URLSearchParams({ page_size: String(pageSize), ...filters }).toString()}`;
  while (next !== undefined) {
    const page: Page<Item> = await readPage<Item>(api, reader, next);
    listed.items.push(...page.items);
    listed.pages += 1;
    check(page.next === undefined || page.items.length === pageSize, `A page of ${path} came short before the end.`);
    next = page.next;
  }
  return listed;
}

/** Follows the feed from its beginning, oldest first, until `isOver` and nothing new comes. */
export async function follow(api: Api, reader: ReaderClaims, pageSize: number, isOver: () => boolean): Promise<Listed> {
  const listed: Listed = { items: [], pages: 0 };
  let next = `${EVERYTHING}?page_after=0&page_size=${pageSize}`;
  for (;;) {
    const wasOver = isOver();
    const page = await readPage<Event>(api, reader, next);
    check(page.next !== undefined, "A page_after answer came without the next link to poll.");
    listed.items.push(...page.items);
    listed.pages += 1;
    next = page.next;
    if (page.items.length > 0) continue;
    if (wasOver) return listed;
    await delay(100);
  }
}

async function readPage<Item>(api: Api, reader: ReaderClaims, target: string): Promise<Page<Item>> {
  const response = await api.asReader(reader, target);
  const items: Item[] = await response.json();
  return { items, next: /<([^>]*)>\s*;\s*rel="?next"?/.exec(response.headers.get("Link") ?? "")?.[1] };
}
