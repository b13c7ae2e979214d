import { BoundedMap } from "../../lib/bounded-map.ts";

/** A page of events as it was served. */
export interface CachedPage {
  /**
   * The ID of the newest event before the cursor, even if a filter excludes the event from the page; 0 if there is
   * none.
   */
  head: number;
  /** `page_from` of the next page; 0 if there is none. */
  next: number;
  text: string;
  /** True if the page can never change. */
  isFixed: boolean;
  /** The D1 bookmark of the session that read the page. */
  bookmark: string | null;
}

const MAX_LENGTH = 256 * 1024;

/**
 * The last pages that an isolate served. The key `view` identifies everything that a page depends on besides its
 * events. A hit still costs one query, but that query reads only the first entry of each feed. If the head is
 * unchanged, the page is unchanged, because events never change and feeds only grow.
 */
export class PageCache {
  readonly #pages = new BoundedMap<CachedPage>({
    maxEntries: 64,
    maxBytes: 16 * 1024 * 1024, // of the 128 MB of an isolate
    estimateBytes: (_, { text }) => 2 * text.length, // a character takes up to two bytes
  });

  get(view: string): CachedPage | undefined {
    return this.#pages.get(view);
  }

  set(view: string, page: CachedPage): void {
    if (page.text.length > MAX_LENGTH) this.#pages.delete(view);
    else this.#pages.set(view, page);
  }
}
