import { inParallel } from "../lib/in-parallel.ts";
import { deleteObjects, findObject, putObject, type StoredObject } from "./objects.ts";
import { putExact } from "./put-exact.ts";

/** The log's newest checkpoint in the bucket. */
export interface CopiedCheckpoint {
  /** The text of the object. Nothing is verified. */
  note: string;
  /** The object's ETag. A newer checkpoint replaces the object only if it still has this ETag. */
  etag: string;
  /** Milliseconds since 1970. */
  writtenAt: number;
}

/** A tile or a bundle, by its path below the log's prefix, as in `tile/0/x001/x234/067`. */
export interface CopiedTile {
  path: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The log's copy in the bucket, in the layout of C2SP tlog-tiles. Anybody who may read the bucket can verify the log
 * without the service. Every function throws an AppError `unavailable` if R2 does not respond.
 */
export interface LogCopy {
  findCheckpoint(): Promise<CopiedCheckpoint | undefined>;
  /**
   * Puts a checkpoint in the place of `replaced`. Returns false, and changes nothing, if the bucket has another
   * checkpoint.
   */
  replaceCheckpoint(note: string, replaced: CopiedCheckpoint | undefined): Promise<boolean>;
  /**
   * Writes tiles. Other bytes in the place of a tile are replaced while the bucket still has the checkpoint `under`.
   * Otherwise the bytes may belong to the tree of a newer checkpoint, so they stay, and the result is undefined.
   * Returns the paths of the tiles that replaced other bytes.
   */
  putTiles(tiles: readonly CopiedTile[], under: CopiedCheckpoint | undefined): Promise<string[] | undefined>;
  /** Reads tiles by their paths. Leaves out a tile that is not in the bucket. */
  findTiles(paths: readonly string[]): Promise<Map<string, Uint8Array<ArrayBuffer>>>;
  /** Deletes all partial tiles of these full tiles. */
  deletePartialTiles(fullPaths: readonly string[]): Promise<void>;
}

const PREFIX = "log/";
const CHECKPOINT = `${PREFIX}checkpoint`;

// C2SP tlog-tiles, "APIs": the headers of a web server that serves the bucket.
const CHECKPOINT_METADATA = { contentType: "text/plain; charset=utf-8", cacheControl: "max-age=5" };
const TILE_METADATA = { contentType: "application/octet-stream", cacheControl: "public, max-age=31536000, immutable" };

/** The widths of partial tiles. C2SP tlog-tiles, "Partial Tiles". */
const PARTIAL_WIDTHS = Array.from({ length: 255 }, (_, index) => index + 1);

/** An invocation has six connections. One of them is left for the queue. */
const MAX_CONNECTIONS = 5;

export function openLogCopy(bucket: R2Bucket): LogCopy {
  return {
    findCheckpoint: async () => {
      const object = await findObject(bucket, CHECKPOINT);
      if (object === undefined) return undefined;
      const { bytes, etag, writtenAt } = object;
      return { note: new TextDecoder().decode(bytes), etag, writtenAt };
    },
    replaceCheckpoint: async (note, replaced) =>
      putObject(bucket, CHECKPOINT, new TextEncoder().encode(note), {
        precondition: replaced === undefined ? { absent: true } : { etag: replaced.etag },
        httpMetadata: CHECKPOINT_METADATA,
      }),
    putTiles: async (tiles, under) => {
      const isCurrent = async () => (await findObject(bucket, CHECKPOINT))?.etag === under?.etag;
      const results = await inParallel(tiles, MAX_CONNECTIONS, (tile) => putTile(bucket, tile, isCurrent));
      if (results.includes("superseded")) return undefined;
      return tiles.filter((_, index) => results[index] === "replaced").map(({ path }) => path);
    },
    findTiles: async (paths) => {
      const objects = await inParallel(paths, MAX_CONNECTIONS, (path) => findObject(bucket, PREFIX + path));
      return new Map(paths.flatMap((path, index) => entryOf(path, objects[index])));
    },
    deletePartialTiles: async (fullPaths) =>
      deleteObjects(
        bucket,
        fullPaths.flatMap((path) => PARTIAL_WIDTHS.map((width) => `${PREFIX}${path}.p/${width}`)),
      ),
  };
}

/**
 * Writes a tile. The service never writes a tile again that belongs to the tree of the bucket's checkpoint. So other
 * bytes in the tile's place were never part of a published tree, and are replaced. But if the bucket has a newer
 * checkpoint by now, these bytes may belong to the newer tree. Then they stay.
 */
function putTile(bucket: R2Bucket, { path, bytes }: CopiedTile, isCurrent: () => Promise<boolean>) {
  return putExact(bucket, { key: PREFIX + path, bytes, httpMetadata: TILE_METADATA }, isCurrent);
}

function entryOf(path: string, object: StoredObject | undefined): [string, Uint8Array<ArrayBuffer>][] {
  return object === undefined ? [] : [[path, object.bytes]];
}
