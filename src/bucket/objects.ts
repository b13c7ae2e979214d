import { AppError } from "../errors.ts";
import type { ByteBudget } from "../lib/byte-budget.ts";

/** An object with its whole content. */
export interface StoredObject {
  bytes: Uint8Array<ArrayBuffer>;
  /** The ETag of this content. */
  etag: string;
  /** Milliseconds since 1970. */
  writtenAt: number;
}

/** An object in a list. */
export interface ListedObject {
  key: string;
  /** The size as it is stored. */
  bytes: number;
}

/** A `put` requires that there is no object under the key, or that the object there has this ETag. */
export type Precondition = { absent: true } | { etag: string };

/** The maximum size of an object of the log. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Reads an object. Returns undefined if there is no such object. Returns an object without its content if it is larger
 * than `maxBytes`. Tries once more if the read fails. With a `budget`, the content is read when it fits there.
 * @throws AppError `unavailable` if R2 does not respond.
 */
export async function findObject(
  bucket: Pick<R2Bucket, "get">,
  key: string,
  limits: ReadLimits = {},
): Promise<StoredObject | undefined> {
  const read = () => readObject(bucket, key, limits);
  return orUnavailable(() => read().catch(read));
}

interface ReadLimits {
  maxBytes?: number | undefined;
  budget?: ByteBudget;
}

async function readObject(
  bucket: Pick<R2Bucket, "get">,
  key: string,
  { maxBytes = MAX_BYTES, budget }: ReadLimits,
): Promise<StoredObject | undefined> {
  const object = await bucket.get(key);
  if (object === null) return undefined;
  const { etag, uploaded, size } = object;
  if (size > maxBytes) await object.body.cancel();
  const readWhole = () => object.arrayBuffer();
  const content = size > maxBytes ? [] : await (budget?.use(size, readWhole) ?? readWhole());
  return { bytes: new Uint8Array(content), etag, writtenAt: uploaded.getTime() };
}

/**
 * Reads a part of an object. The result is shorter if the object ends earlier. Returns undefined if there is no such
 * object. Tries once more if the read fails.
 * @throws AppError `unavailable` if R2 does not respond.
 */
export async function findRange(
  bucket: Pick<R2Bucket, "get">,
  key: string,
  range: { offset: number; length: number },
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const read = async () => {
    const object = await bucket.get(key, { range });
    return object === null ? undefined : new Uint8Array(await object.arrayBuffer());
  };
  return orUnavailable(() => read().catch(orEmpty).catch(read));
}

/** R2, "Error codes" 10039: the object ends before the part begins. */
function orEmpty(error: unknown): Uint8Array<ArrayBuffer> {
  if (error instanceof Error && error.message.includes("(10039)")) return new Uint8Array();
  throw error;
}

/**
 * Lists all objects whose keys begin with a prefix, in the order of their keys.
 * @throws AppError `unavailable` if R2 does not respond.
 */
export async function listObjects(bucket: Pick<R2Bucket, "list">, prefix: string): Promise<ListedObject[]> {
  const pages = await listPages(bucket, { prefix });
  return pages.flatMap(({ objects }) => objects.map(({ key, size }) => ({ key, bytes: size })));
}

/**
 * Lists the folders below a prefix. A folder is the beginning of one or more keys, up to the first slash after the
 * prefix, and ends in this slash.
 * @throws AppError `unavailable` if R2 does not respond.
 */
export async function listFolders(bucket: Pick<R2Bucket, "list">, prefix: string): Promise<string[]> {
  const pages = await listPages(bucket, { prefix, delimiter: "/" });
  return pages.flatMap(({ delimitedPrefixes }) => delimitedPrefixes);
}

async function listPages(bucket: Pick<R2Bucket, "list">, options: R2ListOptions): Promise<R2Objects[]> {
  const pages: R2Objects[] = [];
  let cursor: string | undefined;
  do {
    const from = cursor === undefined ? options : { ...options, cursor };
    const page = await orUnavailable(() => bucket.list(from));
    pages.push(page);
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return pages;
}

/**
 * Writes an object. Returns false, and changes nothing, if the precondition does not hold.
 * @throws AppError `unavailable` if R2 does not respond. In this case, the object may or may not be written.
 */
export async function putObject(
  bucket: Pick<R2Bucket, "put">,
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
export async function deleteObjects(bucket: Pick<R2Bucket, "delete">, keys: readonly string[]): Promise<void> {
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
