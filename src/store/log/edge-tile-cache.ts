import type { EdgeCache } from "../edge-cache.ts";

/** Tiles of the log at the edge, by their paths. A tile that is here was in the tree of a checkpoint. */
export interface EdgeTileCache {
  get(path: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Never rejects: a tile that cannot be stored is read from D1 again. */
  set(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

export function edgeTileCache(cache: EdgeCache): EdgeTileCache {
  return {
    get: (path) => cache.match(nameOf(path), toBytes),
    set: (path, bytes) => cache.put(nameOf(path), bytes, { "Content-Type": "application/octet-stream" }),
  };
}

/** A tile never changes, so its path names everything that it depends on. */
function nameOf(path: string): string {
  return `log ${path}`;
}

async function toBytes(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await response.arrayBuffer());
}
