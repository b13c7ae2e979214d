import type { CachedPage } from "./page-cache.ts";

/** Pages that can never change, kept in the edge's cache, where every isolate of a place finds them. */
export interface EdgePageCache {
  get(view: string): Promise<CachedPage | undefined>;
  /** Never rejects: what cannot be kept is read again. */
  set(view: string, copy: CachedPage): Promise<void>;
}

/** Where the platform has no cache. */
export const NO_EDGE_PAGE_CACHE: EdgePageCache = { get: async () => undefined, set: async () => undefined };

/** Goes up when a copy is kept in another way. */
const VERSION = 1;
const KEPT_SECONDS = 3600;

/**
 * Under paths of this Worker's own that nobody can guess: an HMAC of the view, which names all that a page depends on.
 * A copy has its own `Cache-Control`; the reader's stays private.
 */
export function edgePageCache(cache: Pick<Cache, "match" | "put">, origin: string, secret: string): EdgePageCache {
  const urlOf = async (view: string) => `${origin}/.pages/${await hmac(secret, `${VERSION} ${view}`)}`;
  return {
    async get(view) {
      try {
        const response = await cache.match(await urlOf(view));
        return response && (await copyFrom(response));
      } catch {
        return undefined;
      }
    },
    async set(view, copy) {
      try {
        await cache.put(await urlOf(view), toResponse(copy));
      } catch {
        // the platform may refuse, as where the Worker has no zone
      }
    },
  };
}

function toResponse({ text, head, next, bookmark }: CachedPage): Response {
  return new Response(text, {
    headers: {
      "Cache-Control": `public, max-age=${KEPT_SECONDS}`,
      "Content-Type": "text/plain",
      "X-Page": JSON.stringify([head, next, bookmark]),
    },
  });
}

async function copyFrom(response: Response): Promise<CachedPage> {
  const page = response.headers.get("X-Page") ?? "";
  const [head, next, bookmark] = JSON.parse(page) as [number, number, string | null]; // made above
  return { head, next, bookmark, text: await response.text(), isFixed: true };
}

async function hmac(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text))).toHex();
}
