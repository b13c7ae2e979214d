interface TarFile {
  /** At most 100 bytes of ASCII, with `/` between folders. */
  path: string;
  text: string;
}

const BLOCK_BYTES = 512;
const MAX_PATH_BYTES = 100;

/**
 * Packs files in the ustar format, which tar on Linux, macOS and Windows reads. POSIX.1-2017, pax, "ustar Interchange
 * Format".
 */
export function tarArchive(files: readonly TarFile[], modifiedAt: number): Uint8Array<ArrayBuffer> {
  const parts = files.flatMap(({ path, text }) => {
    const content = new TextEncoder().encode(text);
    return [header(path, content.length, modifiedAt), content, new Uint8Array(paddingOf(content.length))];
  });
  parts.push(new Uint8Array(2 * BLOCK_BYTES)); // the end of the archive
  return concat(parts);
}

function paddingOf(bytes: number): number {
  return (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES;
}

/** `modifiedAt` is in milliseconds since 1970. */
function header(path: string, bytes: number, modifiedAt: number): Uint8Array {
  if (path.length > MAX_PATH_BYTES) throw new RangeError(`a path in a tar archive has at most ${MAX_PATH_BYTES} bytes`);
  const block = new Uint8Array(BLOCK_BYTES);
  const put = (at: number, text: string) => new TextEncoder().encodeInto(text, block.subarray(at));
  put(0, path);
  put(100, octal(0o644, 8)); // mode
  put(108, octal(0, 8)); // user ID
  put(116, octal(0, 8)); // group ID
  put(124, octal(bytes, 12));
  put(136, octal(Math.floor(modifiedAt / 1000), 12));
  put(148, " ".repeat(8)); // while the checksum is computed, its field has spaces
  put(156, "0"); // a regular file
  put(257, "ustar\x0000");
  put(148, `${octal(sum(block), 7)} `);
  return block;
}

/** A number in octal digits. It fills a field of `length` bytes, and the last byte is NUL. */
function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, "0")}\0`;
}

function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => total + byte, 0);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
