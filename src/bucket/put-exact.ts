import { AppError } from "../errors.ts";
import { findObject, putObject, type Precondition } from "./objects.ts";

/** An object that must have exactly this content. */
export interface ExactObject {
  key: string;
  bytes: Uint8Array;
  httpMetadata: R2HTTPMetadata;
  /** The maximum size of the object that may be in its place. */
  maxBytes?: number;
}

/** A write is tried again if another invocation writes the same object at the same time. */
const MAX_TRIES = 3;

/**
 * Writes an object, unless it is there already. Other content in its place is replaced only while `isCurrent` holds.
 * Otherwise another invocation may have written that content, and it stays.
 * @throws AppError `unavailable` if R2 does not respond
 */
export async function putExact(
  bucket: Pick<R2Bucket, "get" | "put">,
  { key, bytes, httpMetadata, maxBytes }: ExactObject,
  isCurrent: () => Promise<boolean>,
): Promise<"there" | "replaced" | "superseded"> {
  const put = (precondition: Precondition) => putObject(bucket, key, bytes, { precondition, httpMetadata });
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (await put({ absent: true })) return "there";
    const there = await findObject(bucket, key, { maxBytes });
    if (there === undefined) continue;
    if (isSame(there.bytes, bytes)) return "there";
    if (!(await isCurrent())) return "superseded";
    if (await put({ etag: there.etag })) return "replaced";
  }
  throw new AppError("unavailable", `The object ${key} in the bucket changes while it is written.`);
}

export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
