import { createReadStream, openSync, readSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault, showProgress } from "./command-line.js";
import { entryOf, OPENING_BYTES } from "./log-entry.js";
import { HASH_BYTES } from "./merkle-tree.js";
import { fromBase64 } from "./signed-checkpoint.js";

const ID_BYTES = 8;
const ROW_BYTES = ID_BYTES + HASH_BYTES;
const MAX_LINE_BYTES = 1024 * 1024;
const LINE_START = /^\{"index":(null|0|[1-9]\d{0,14}),"opening":(null|"[^"]{44}"),"event":/;

/**
 * Keeps the IDs and leaves of the log in a temporary file, so that each line of an export can be compared with its entry.
 */
export class EntryRows {
  size = 0;
  #file;

  constructor() {
    const path = join(tmpdir(), `verify-log-${crypto.randomUUID()}`);
    this.#file = openSync(path, "wx+", 0o600);
    unlinkSync(path); // so that no file is left after the process ends, even if it is killed
  }

  /** @param {import("./log-entry.js").LogEntry[]} entries */
  append(entries) {
    const rows = Buffer.alloc(entries.length * ROW_BYTES);
    for (const [place, { id, leaf }] of entries.entries()) {
      rows.writeBigUInt64BE(BigInt(id), place * ROW_BYTES);
      leaf.copy(rows, place * ROW_BYTES + ID_BYTES);
    }
    writeFileSync(this.#file, rows);
    this.size += entries.length;
  }

  /** @param {number} index below the size */
  read(index) {
    const row = Buffer.alloc(ROW_BYTES);
    readSync(this.#file, row, 0, ROW_BYTES, index * ROW_BYTES);
    return { id: String(row.readBigUInt64BE()), leaf: row.subarray(ID_BYTES) };
  }
}

/**
 * Checks that the event in each line of an export belongs to the entry at its index. If two lines have the same index,
 * they have the same event, because the entry has the hash of only one event.
 * @param {string} path @param {EntryRows} rows
 * @param {number | undefined} completeFrom from this index on, each entry must have a line
 */
export async function checkEvents(path, rows, completeFrom) {
  const seen = Buffer.alloc(rows.size); // one byte for each entry, because lines are not kept
  let [lines, entries, waiting] = [0, 0, 0];
  for await (const line of linesOf(path)) {
    lines += 1;
    if (lines % 10_000 === 0) showProgress(`${lines} lines of ${path}`);
    const subject = `line ${lines} of ${path}`;
    const index = checkLine(line, subject, rows);
    if (index === undefined && completeFrom !== undefined) throw new Fault(`${subject} is not yet in the log.`);
    if (index === undefined) waiting += 1;
    else if (seen[index] === 0) entries += seen[index] = 1;
  }
  const missing = completeFrom === undefined ? -1 : seen.indexOf(0, completeFrom);
  if (missing >= 0) throw new Fault(`entry ${missing} (ID ${rows.read(missing).id}) has no line in ${path}.`);
  return { lines, entries, waiting };
}

/**
 * Returns the index, or undefined if the event is not yet in the log.
 * @param {Buffer} line @param {string} subject @param {EntryRows} rows
 */
function checkLine(line, subject, rows) {
  const [start = "", index = "", opening = ""] = LINE_START.exec(line.toString("latin1", 0, 128)) ?? [];
  const openingBytes = opening === "null" ? Buffer.alloc(OPENING_BYTES) : fromBase64(opening.slice(1, -1));
  const isWhole = openingBytes?.length === OPENING_BYTES && line.at(-1) === "}".charCodeAt(0);
  const entry = isWhole ? entryOf(line.subarray(start.length, -1), openingBytes) : undefined;
  if (!entry) throw new Fault(`${subject} is not of the form {"index":N,"opening":"…","event":{…}}.`);
  const event = `${subject}: event ${entry.id}`;
  if (opening === "null") throw new Fault(`${event} has no opening, so nobody can check it.`);
  if (index === "null") return undefined;
  if (Number(index) >= rows.size) throw new Fault(`${event} has index ${index}, but the log has ${rows.size} entries.`);
  const { id, leaf } = rows.read(Number(index));
  if (entry.id !== id) throw new Fault(`${event} is not entry ${index}, which has ID ${id}.`);
  if (entry.leaf.equals(leaf)) return Number(index);
  throw new Fault(`${event} does not have the hash in entry ${index}: the event or its opening was changed.`);
}

/** The non-empty lines of a file, as bytes. @param {string} path */
async function* linesOf(path) {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: MAX_LINE_BYTES })) {
    const bytes = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf("\n"); end >= 0; end = bytes.indexOf("\n", start)) {
      if (end > start) yield bytes.subarray(start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > MAX_LINE_BYTES) throw new Fault(`a line of ${path} is longer than ${MAX_LINE_BYTES} bytes.`);
  }
  if (rest.length > 0) yield rest;
}
