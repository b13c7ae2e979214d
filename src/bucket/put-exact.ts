import { AppError } from "../errors.ts";
import { findObject, putObject, type Precondition } from "./objects.ts";

/** An object that must have exactly this content. */
export interface ExactObject {
  key: string;
  bytes: Uint8Array;
  httpMetadata: R2HTTPMetadata;
  /** If the key has a larger object already, its content is not read, and counts as other content. */
  maxBytes?: number;
}

/** A write is tried again if another invocation writes the same object at the same time. */
const MAX_TRIES = 3;

/**
 * Writes an object, unless it is there already. Other content under its key is replaced only while `isCurrent` holds.
 * Otherwise another invocation may have written the other content, and the content stays.
 * @throws AppError `unavailable` if R2 does not respond
 */
export async function putExact(
  bucket: Pick<R2Bucket, "get" | "put">,
  { key, bytes, httpMetadata, maxBytes }: ExactObject,
  isCurrent: () => Promise<boolean>,
): Promise<"present" | "replaced" | "superseded"> {
  const put = (precondition: Precondition) => putObject(bucket, key, bytes, { precondition, httpMetadata });
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (await put({ absent: true })) return "present";
    const found = await findObject(bucket, key, { maxBytes });
    if (found === undefined) continue;
    if (isSame(found.bytes, bytes)) return "present";
    if (!(await isCurrent())) return "superseded";
    if (await put({ etag: found.etag })) return "replaced";
  }
  throw new AppError("unavailable", `The object ${key} in the bucket changes while it is written.`);
}

export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
