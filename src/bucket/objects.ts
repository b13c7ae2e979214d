import { AppError } from "../errors.ts";

/** An object with its whole content. */
export interface StoredObject {
  bytes: Uint8Array<ArrayBuffer>;
  /** The ETag of this content. */
  etag: string;
  /** Milliseconds since 1970. */
  writtenAt: number;
}

/** What a `put` requires: no object under the key, or the one with this ETag. */
export type Precondition = { absent: true } | { etag: string };

/** The maximum size of an object that is read. All objects that the service writes are smaller. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Reads an object. Returns undefined if there is no such object. Returns an object without its content if it is larger
 * than any object of the service. Tries once more if the read fails.
 * @throws AppError `unavailable` if R2 does not respond.
 */
export async function findObject(bucket: R2Bucket, key: string): Promise<StoredObject | undefined> {
  return orUnavailable(() => readObject(bucket, key).catch(() => readObject(bucket, key)));
}

async function readObject(bucket: R2Bucket, key: string): Promise<StoredObject | undefined> {
  const object = await bucket.get(key);
  if (object === null) return undefined;
  const { etag, uploaded } = object;
  if (object.size > MAX_BYTES) await object.body.cancel();
  const bytes = object.size > MAX_BYTES ? new Uint8Array() : new Uint8Array(await object.arrayBuffer());
  return { bytes, etag, writtenAt: uploaded.getTime() };
}

/**
 * Writes an object. Returns false, and changes nothing, if the precondition does not hold.
 * @throws AppError `unavailable` if R2 does not respond. In this case, the object may or may not be written.
 */
export async function putObject(
  bucket: R2Bucket,
  key: string,
  bytes: Uint8Array,
  { precondition, httpMetadata }: { precondition: Precondition; httpMetadata: R2HTTPMetadata },
): Promise<boolean> {
  // RFC 9110 §13.1.2: `If-None-Match: *` is false if there is any object.
  const onlyIf = "absent" in precondition ? new Headers({ "If-None-Match": "*" }) : { etagMatches: precondition.etag };
  return orUnavailable(async () => (await bucket.put(key, bytes, { onlyIf, httpMetadata })) !== null);
}

/** R2, "delete": at most 1,000 keys at a time. */
const MAX_DELETED = 1_000;

/**
 * Deletes the objects with these keys.
 * @throws AppError `unavailable` if R2 does not respond. In this case, some of the objects may be deleted.
 */
export async function deleteObjects(bucket: R2Bucket, keys: readonly string[]): Promise<void> {
  for (let start = 0; start < keys.length; start += MAX_DELETED) {
    await orUnavailable(() => bucket.delete(keys.slice(start, start + MAX_DELETED)));
  }
}

async function orUnavailable<Result>(operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    const detail = "The bucket did not respond; try again after the time in Retry-After.";
    throw new AppError("unavailable", detail, { cause: error, headers: { "Retry-After": "5" } });
  }
}
