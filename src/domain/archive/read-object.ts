import type { ArchiveBucket } from "../../bucket/archive-objects.ts";
import { AppError } from "../../errors.ts";
import { errorFields } from "../../lib/log.ts";
import type { Reading } from "./reading.ts";

/** Wanted events are in the archive, and it cannot be read. The code is `unavailable`. */
export class ArchiveUnreadable extends AppError {
  /** Why, in words that follow a colon. */
  readonly reason: string;

  constructor(reason: string, detail: string, extras: ConstructorParameters<typeof AppError>[2]) {
    super("unavailable", detail, extras);
    this.reason = reason;
  }
}

/**
 * An object of the archive is missing or damaged. To repeat the request helps only after somebody has repaired the
 * object.
 */
export class ObjectUnreadable extends ArchiveUnreadable {
  readonly key: string;

  constructor(key: string, what: "missing" | "damaged") {
    const detail = `A part of the archive is ${what}. The log of the service names it.`;
    super(`an object is ${what}, and the log of the service names it`, detail, RETRY_LATER);
    this.key = key;
  }
}

/** The object may be missing because retention deletes its segment. In this case, D1 already shows the deletion. */
export class ObjectMissing extends ObjectUnreadable {}

const RETRY_LATER = { headers: { "Retry-After": "60" } };

/** @throws ArchiveUnreadable without the binding ARCHIVE */
function requireArchive({ archive }: Reading): ArchiveBucket {
  if (archive !== undefined) return archive;
  throw new ArchiveUnreadable(
    "the service has no bucket ARCHIVE",
    "These events are in the archive, and the service has no bucket ARCHIVE. Bind the bucket to read them again.",
    RETRY_LATER,
  );
}

/**
 * Reads an object of the archive, or a part of it, and parses it. Logs why it cannot be read: R2 does not respond, the
 * object is missing, or it is damaged.
 * @param parse throws if the bytes are not those that the service wrote
 * @throws ArchiveUnreadable; ObjectUnreadable
 */
export async function readObject<Result>(
  reading: Reading,
  key: string,
  find: (archive: ArchiveBucket) => Promise<Uint8Array<ArrayBuffer> | undefined>,
  parse: (bytes: Uint8Array<ArrayBuffer>) => Result,
): Promise<Result> {
  const { log } = reading;
  const bytes = await find(requireArchive(reading)).catch((error: unknown) => {
    log({ event: "archive_unavailable", ...errorFields(error instanceof AppError ? error.cause : error) });
    throw error instanceof AppError ? toUnreadable(error) : error;
  });
  if (bytes === undefined) {
    log({ event: "archive_object_missing", key });
    throw new ObjectMissing(key, "missing");
  }
  try {
    return parse(bytes);
  } catch (error) {
    throw damaged(reading, key, error);
  }
}

function toUnreadable({ message, headers, cause }: AppError): ArchiveUnreadable {
  return new ArchiveUnreadable("the bucket does not respond", message, { headers, cause });
}

/** Logs that an object does not have the content that the service wrote. Returns the error for the caller. */
function damaged({ log }: Pick<Reading, "log">, key: string, error: unknown): ObjectUnreadable {
  log({ event: "archive_object_damaged", key, ...errorFields(error) });
  return new ObjectUnreadable(key, "damaged");
}
