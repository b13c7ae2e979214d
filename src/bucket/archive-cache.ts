import { BoundedMap } from "../lib/bounded-map.ts";

/** An isolate has 128 MB for everything. */
const MAX_BYTES = 16 * 1024 * 1024;

/** One large bundle must not evict all others. */
const MAX_ENTRY_BYTES = MAX_BYTES / 4;

/**
 * Content of the archive that this isolate has read, decompressed and checked: bundles, and lists of positions. The
 * content of a key changes only when an event is erased.
 */
export class ArchiveCache {
  readonly #entries = new BoundedMap<Uint8Array<ArrayBuffer>>({
    maxEntries: 10_000,
    maxBytes: MAX_BYTES,
    estimateBytes: (key, content) => 2 * key.length + content.byteLength,
  });

  /** @param key the key of the object, and for a part of an object also its first byte */
  get(key: string): Uint8Array<ArrayBuffer> | undefined {
    return this.#entries.get(key);
  }

  set(key: string, content: Uint8Array<ArrayBuffer>): void {
    if (content.byteLength <= MAX_ENTRY_BYTES) this.#entries.set(key, content);
  }
}
