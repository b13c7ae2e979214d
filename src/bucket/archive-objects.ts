import {
  manifestKey,
  parseSegmentPrefix,
  segmentPrefix,
  SEGMENTS,
  type SegmentRange,
} from "../segments/object-names.ts";
import { ByteBudget } from "../lib/byte-budget.ts";
import { deleteObjects, findObject, findRange, listFolders, listObjects, type ListedObject } from "./objects.ts";
import { isSame, putExact } from "./put-exact.ts";

/**
 * The archive's objects in the bucket, by the keys that src/segments/object-names.ts makes. Every function throws an
 * AppError `unavailable` if R2 does not respond.
 */
export interface ArchiveBucket {
  /** Reads an object, as it is stored. Undefined if there is no such object. */
  find(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /**
   * Reads `bytes` bytes of an object, from the byte `start` on. The result has fewer bytes if the object ends before.
   * Undefined if there is no such object.
   */
  findRange(key: string, start: number, bytes: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /**
   * Writes an object, unless it is there already, and reads it back. Other content in its place is replaced while
   * `isCurrent` holds. Returns false if the object then does not have this content.
   */
  putExact(key: string, bytes: Uint8Array, isCurrent: () => Promise<boolean>): Promise<boolean>;
  /** Lists the objects of a segment, with their sizes as they are stored. */
  listObjects(segment: SegmentRange): Promise<ListedObject[]>;
  /** Lists the segments that have objects, in ascending order. A segment without its manifest is not complete. */
  listSegments(): Promise<SegmentRange[]>;
  /**
   * Deletes all objects of a segment, the manifest first. So if some objects remain, they are not a complete segment.
   */
  deleteSegment(segment: SegmentRange): Promise<void>;
}

/** The largest object is a bundle of 256 events of 80 KB that cannot be compressed. */
const MAX_BYTES = 24 * 1024 * 1024;

/** The objects that an invocation reads at the same time. An isolate has 128 MB for all its invocations. */
const MAX_BYTES_AT_ONCE = 8 * 1024 * 1024;

/** @param usage counts the reads of objects. Writes and lists are not reads. */
export function openArchive(bucket: R2Bucket, usage: { r2Gets: number }): ArchiveBucket {
  const counted = countReads(bucket, usage);
  const limits = { maxBytes: MAX_BYTES, budget: new ByteBudget(MAX_BYTES_AT_ONCE) };
  const find = async (key: string) => (await findObject(counted, key, limits))?.bytes;
  return {
    find,
    findRange: (key, start, bytes) => findRange(counted, key, { offset: start, length: bytes }),
    putExact: async (key, bytes, isCurrent) => {
      const object = { key, bytes, httpMetadata: metadataOf(key), maxBytes: MAX_BYTES };
      if ((await putExact(counted, object, isCurrent)) === "superseded") return false;
      const there = await find(key);
      return there !== undefined && isSame(there, bytes);
    },
    listObjects: (segment) => listObjects(bucket, segmentPrefix(segment)),
    listSegments: async () => {
      const prefixes = await listFolders(bucket, SEGMENTS);
      return prefixes.map(parseSegmentPrefix).filter((segment) => segment !== undefined);
    },
    deleteSegment: async (segment) => {
      await deleteObjects(bucket, [manifestKey(segment)]);
      const left = await listObjects(bucket, segmentPrefix(segment));
      const keys = left.map(({ key }) => key);
      await deleteObjects(bucket, keys);
    },
  };
}

function countReads(bucket: R2Bucket, usage: { r2Gets: number }): Pick<R2Bucket, "get" | "put"> {
  const get = (key: string, options?: R2GetOptions) => {
    usage.r2Gets += 1;
    return bucket.get(key, options);
  };
  const put = (key: string, bytes: Uint8Array, options: R2PutOptions) => bucket.put(key, bytes, options);
  return { get, put } as Pick<R2Bucket, "get" | "put">; // lacks the overloads that nothing calls
}

const CONTENT_TYPES: Record<string, string> = {
  bin: "application/octet-stream",
  gz: "application/gzip",
  json: "application/json",
};

function metadataOf(key: string): R2HTTPMetadata {
  const contentType = CONTENT_TYPES[key.slice(key.lastIndexOf(".") + 1)] ?? "application/octet-stream";
  return { contentType, cacheControl: "private, max-age=31536000, immutable" };
}
