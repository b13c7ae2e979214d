import { hmacSha256 } from "../lib/crypto.ts";

/**
 * The cache of a Cloudflare location. All its isolates share the cache. It is used only for responses that never
 * change.
 */
export interface EdgeCache {
  /** Returns undefined if nothing is stored under the name, or if the cache fails. Never rejects. */
  match<Value>(name: string, read: (response: Response) => Promise<Value>): Promise<Value | undefined>;
  /** Never rejects. If the response cannot be stored, D1 is read again later. */
  put(name: string, body: BodyInit, headers?: Record<string, string>): Promise<void>;
}

/** For a platform without a cache. */
export const NO_EDGE_CACHE: EdgeCache = { match: async () => undefined, put: async () => undefined };

const MAX_AGE_SECONDS = 3600;

/**
 * Stores responses under paths of this Worker that nobody can guess. A path is an HMAC of the name, and the name
 * contains everything that the response depends on. The stored response has its own `Cache-Control`. The response to
 * the reader stays private.
 */
export function edgeCache(cache: Pick<Cache, "match" | "put">, origin: string, secret: string): EdgeCache {
  const urlFor = (name: string) => `${origin}/.pages/${hmacSha256(secret, [name], "hex")}`;
  return {
    async match(name, read) {
      try {
        const response = await cache.match(urlFor(name));
        return response && (await read(response));
      } catch {
        return undefined;
      }
    },
    async put(name, body, headers) {
      try {
        const stored = { ...headers, "Cache-Control": `public, max-age=${MAX_AGE_SECONDS}` };
        await cache.put(urlFor(name), new Response(body, { headers: stored }));
      } catch {
        // the platform may refuse, for example if the Worker has no zone
      }
    },
  };
}
