import { gunzipSync, gzipSync } from "node:zlib";

/** No object of the archive is larger than this, even after decompression. A bundle has at most 256 events of 80 KB. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Compresses the content of an object whose name ends in `.gz`. The same content gives the same bytes. */
export function compress(content: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(content));
}

/**
 * Decompresses an object whose name ends in `.gz`.
 * @throws RangeError if the object is damaged, or larger than any object of the archive
 */
export function decompress(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(gunzipSync(bytes, { maxOutputLength: MAX_BYTES }));
  } catch (error) {
    throw new RangeError("the object cannot be decompressed", { cause: error });
  }
}
