import type { EdgeCache } from "../edge-cache.ts";

/**
 * Objects of the archive in the edge cache, by their keys, as they are stored in the bucket. An object changes only
 * when an event is erased.
 */
export interface EdgeObjectCache {
  get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Never rejects. If an object cannot be stored, the next request reads the bucket again. */
  set(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

export function edgeObjectCache(cache: EdgeCache): EdgeObjectCache {
  return {
    get: (key) => cache.match(key, async (response) => new Uint8Array(await response.arrayBuffer())),
    set: (key, bytes) => cache.put(key, bytes, { "Content-Type": "application/octet-stream" }),
  };
}
