import { BoundedMap } from "../../lib/bounded-map.ts";

/** A page as it was served. */
export interface CachedPage {
  /** The first event that it could hold; it does not hold it where a filter leaves it out. */
  head: number;
  /** `page_from` of the next page; 0 where there is none. */
  next: number;
  text: string;
  /** It can never change. */
  isFixed: boolean;
  /** D1's, of when it was read. */
  bookmark: string | null;
}

const MAX_LENGTH = 256 * 1024;

/**
 * The pages that an isolate served last, by their view. They save no question to D1, but most of its answer: while a
 * page's head is still the same, all of it is, since events never change and feeds only grow.
 */
export class PageCache {
  readonly #copies = new BoundedMap<CachedPage>({
    most: 64,
    mostBytes: 16 * 1024 * 1024, // of the 128 MB that an isolate has
    bytesOf: (_, { text }) => 2 * text.length, // a character takes up to two bytes
  });

  get(view: string): CachedPage | undefined {
    return this.#copies.get(view);
  }

  set(view: string, copy: CachedPage): void {
    if (copy.text.length > MAX_LENGTH) this.#copies.delete(view);
    else this.#copies.set(view, copy);
  }
}
