import type { EdgeCache } from "../edge-cache.ts";

/** The tiles of the log in the edge cache, by their paths. Each of these tiles was in the tree of a checkpoint. */
export interface EdgeTileCache {
  get(path: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Never rejects. If a tile cannot be stored, the next request reads the tile from D1 again. */
  set(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

export function edgeTileCache(cache: EdgeCache): EdgeTileCache {
  return {
    get: (path) => cache.match(nameOf(path), toBytes),
    set: (path, bytes) => cache.put(nameOf(path), bytes, { "Content-Type": "application/octet-stream" }),
  };
}

/** Returns the key of a tile in the cache. The path is enough, because a tile never changes. */
function nameOf(path: string): string {
  return `log ${path}`;
}

async function toBytes(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await response.arrayBuffer());
}
