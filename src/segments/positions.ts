import { crc32 } from "node:zlib";

const CRC_BYTES = 4;

/**
 * Writes the list of a feed's positions in a segment. The positions must be in ascending order. Each one is written as
 * its difference to the position before, in a LEB128 varint. After them comes the CRC-32 of these bytes, in
 * little-endian order.
 */
export function encodePositions(positions: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let before = 0;
  for (const position of positions) {
    let rest = position - before;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
    before = position;
  }
  const list = new Uint8Array(bytes.length + CRC_BYTES);
  list.set(bytes);
  new DataView(list.buffer).setUint32(bytes.length, crc32(Uint8Array.from(bytes)), true);
  return list;
}

/**
 * Reads a list that `encodePositions` wrote.
 * @param events the number of positions that the list must have
 * @throws RangeError if the list is damaged
 */
export function decodePositions(list: Uint8Array, events: number): number[] {
  const end = list.byteLength - CRC_BYTES;
  if (end < 0 || crcAt(list, end) !== crc32(list.subarray(0, end))) throw damaged("its checksum is wrong");
  const positions: number[] = [];
  let before = 0;
  for (let at = 0; at < end;) {
    const { value, next } = readVarint(list, at, end);
    if (value === 0 && positions.length > 0) throw damaged("a position comes twice");
    before += value;
    positions.push(before);
    at = next;
  }
  if (positions.length !== events) throw damaged(`it has ${positions.length} positions instead of ${events}`);
  return positions;
}

/** A position is below 2^28. */
const MAX_VARINT_BYTES = 4;

function readVarint(list: Uint8Array, start: number, end: number): { value: number; next: number } {
  let value = 0;
  for (let length = 0; length < MAX_VARINT_BYTES && start + length < end; length++) {
    const byte = list[start + length] ?? 0;
    value += (byte % 128) * 128 ** length;
    if (byte < 128) return { value, next: start + length + 1 };
  }
  throw damaged("a position does not end");
}

function crcAt(list: Uint8Array, start: number): number {
  return new DataView(list.buffer, list.byteOffset, list.byteLength).getUint32(start, true);
}

function damaged(reason: string): RangeError {
  return new RangeError(`a list of positions is damaged: ${reason}`);
}
