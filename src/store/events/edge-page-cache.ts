import { hmacSha256 } from "../../lib/crypto.ts";
import type { CachedPage } from "./page-cache.ts";

/** Pages that can never change, in the cache of a Cloudflare location, which all its isolates share. */
export interface EdgePageCache {
  get(view: string): Promise<CachedPage | undefined>;
  /** Never rejects: a page that cannot be stored is read from D1 again. */
  set(view: string, page: CachedPage): Promise<void>;
}

/** For a platform without a cache. */
export const NO_EDGE_PAGE_CACHE: EdgePageCache = { get: async () => undefined, set: async () => undefined };

/** Increase it when the stored format changes. */
const FORMAT_VERSION = 2;
const MAX_AGE_SECONDS = 3600;

/**
 * Stores pages under paths of this Worker that nobody can guess: an HMAC of the view, which names everything a page
 * depends on. The stored response has its own `Cache-Control`; the response to the reader stays private.
 */
export function edgePageCache(cache: Pick<Cache, "match" | "put">, origin: string, secret: string): EdgePageCache {
  const urlFor = (view: string) => `${origin}/.pages/${hmacSha256(secret, `${FORMAT_VERSION} ${view}`, "hex")}`;
  return {
    async get(view) {
      try {
        const response = await cache.match(urlFor(view));
        return response && (await toCachedPage(response));
      } catch {
        return undefined;
      }
    },
    async set(view, page) {
      try {
        await cache.put(urlFor(view), toResponse(page));
      } catch {
        // the platform may refuse, for example if the Worker has no zone
      }
    },
  };
}

function toResponse({ text, head, next, bookmark }: CachedPage): Response {
  return new Response(text, {
    headers: {
      "Cache-Control": `public, max-age=${MAX_AGE_SECONDS}`,
      "Content-Type": "text/plain",
      "X-Page": JSON.stringify([head, next, bookmark]),
    },
  });
}

async function toCachedPage(response: Response): Promise<CachedPage> {
  const page = response.headers.get("X-Page") ?? "";
  const [head, next, bookmark] = JSON.parse(page) as [number, number, string | null]; // from `toResponse`
  return { head, next, bookmark, text: await response.text(), isFixed: true };
}
