/** An object that may be replaced, and the tag by which R2 knows this version of it. */
export interface CopiedCheckpoint {
  note: string;
  etag: string;
}

/**
 * The copy of the log outside D1, in the layout of C2SP tlog-tiles. It is read before each signature, so no restore of D1
 * to an earlier time can make the log sign a tree that does not extend what was published.
 */
export interface LogCopy {
  /** Undefined if there is none: the copy is new. */
  findCheckpoint(): Promise<CopiedCheckpoint | undefined>;
  /**
   * Puts the checkpoint if the one that is there still has this etag; with undefined, if there is none. Returns false, and
   * changes nothing, if it has not.
   */
  replaceCheckpoint(note: string, etag: string | undefined): Promise<boolean>;
  /** Puts tiles of hashes and bundles of entries, by their paths as `tilePath` writes them. One that is there stays. */
  putTiles(tiles: { path: string; bytes: Uint8Array }[]): Promise<void>;
  /** In the order of the paths; undefined for a tile that is not there. */
  findTiles(paths: string[]): Promise<(Uint8Array<ArrayBuffer> | undefined)[]>;
}
