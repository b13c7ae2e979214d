import { hmacSha256 } from "../lib/crypto.ts";

/** The cache of a Cloudflare location, which all its isolates share, for what can never change. */
export interface EdgeCache {
  /** Never rejects: undefined if nothing is stored under the name, or if it cannot be read. */
  match<Value>(name: string, read: (response: Response) => Promise<Value>): Promise<Value | undefined>;
  /** Never rejects: what cannot be stored is read from D1 again. */
  put(name: string, body: BodyInit, headers?: Record<string, string>): Promise<void>;
}

/** For a platform without a cache. */
export const NO_EDGE_CACHE: EdgeCache = { match: async () => undefined, put: async () => undefined };

const MAX_AGE_SECONDS = 3600;

/**
 * Stores responses under paths of this Worker that nobody can guess: an HMAC of the name, which says everything that the
 * response depends on. The stored response has its own `Cache-Control`; the response to the reader stays private.
 */
export function edgeCache(cache: Pick<Cache, "match" | "put">, origin: string, secret: string): EdgeCache {
  const urlFor = (name: string) => `${origin}/.pages/${hmacSha256(secret, name, "hex")}`;
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
