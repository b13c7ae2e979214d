// C2SP tlog-tiles, "Log entries": a bundle has the length of each entry as a big-endian uint16, and then the entry.
const LENGTH_BYTES = 2;
const MAX_ENTRY_BYTES = 65_535;

/** @throws RangeError for an entry over 65,535 bytes. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(entries.reduce((sum, entry) => sum + LENGTH_BYTES + entry.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES) throw new RangeError(`an entry has at most ${MAX_ENTRY_BYTES} bytes`);
    view.setUint16(at, entry.length);
    bytes.set(entry, at + LENGTH_BYTES);
    at += LENGTH_BYTES + entry.length;
  }
  return bytes;
}

/** @throws RangeError if the bytes end within an entry. */
export function decodeBundle(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + LENGTH_BYTES <= bytes.length ? at + LENGTH_BYTES + view.getUint16(at) : Infinity;
    if (end > bytes.length) throw new RangeError(`the bundle ends within entry ${entries.length}`);
    entries.push(bytes.slice(at + LENGTH_BYTES, end));
    at = end;
  }
  return entries;
}
