import type { EdgeCache } from "../edge-cache.ts";
import type { CachedPage } from "./page-cache.ts";

/** The cache of pages at the edge. It holds only pages that never change. */
export interface EdgePageCache {
  get(view: string): Promise<CachedPage | undefined>;
  /** Never rejects. If the page cannot be stored, D1 is read again later. */
  set(view: string, page: CachedPage): Promise<void>;
}

/** Must be increased when the stored format changes. */
const FORMAT_VERSION = 2;

export function edgePageCache(cache: EdgeCache): EdgePageCache {
  return {
    get: (view) => cache.match(nameOf(view), toCachedPage),
    set: (view, { text, head, next, bookmark }) =>
      cache.put(nameOf(view), text, {
        "Content-Type": "text/plain",
        "X-Page": JSON.stringify([head, next, bookmark]),
      }),
  };
}

/** A view identifies everything that a page depends on besides its events. */
function nameOf(view: string): string {
  return `page ${FORMAT_VERSION} ${view}`;
}

async function toCachedPage(response: Response): Promise<CachedPage> {
  const page = response.headers.get("X-Page") ?? "";
  const [head, next, bookmark] = JSON.parse(page) as [number, number, string | null]; // from `set`
  return { head, next, bookmark, text: await response.text(), isFixed: true };
}
