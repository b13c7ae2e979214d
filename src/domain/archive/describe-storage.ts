import type { Context } from "../../context.ts";
import { MAX_DATABASE_BYTES } from "../../schemas/archive.ts";
import { getStorageFigures } from "../../store/archive/storage-figures.ts";

/** What operators need to know about the events that are stored. */
export interface StorageView {
  /** Events that were ever recorded. */
  recorded: number;
  inDatabase: number;
  archive: { segments: number; events: number; bytes: number };
  /** Events that EVENT_RETENTION_DAYS has deleted. */
  deleted: number;
  /** The size of D1 in per cent of its limit. */
  databasePercent: number;
}

/** The caller must have checked that the reader is an operator. */
export async function describeStorage({ db }: Pick<Context, "db">): Promise<StorageView> {
  const { recorded, deleted, archive, databaseBytes } = await getStorageFigures(db);
  return {
    recorded,
    inDatabase: recorded - deleted - archive.events,
    archive,
    deleted,
    databasePercent: (databaseBytes / MAX_DATABASE_BYTES) * 100,
  };
}
