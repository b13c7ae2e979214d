import { type NoteKey, sha256 } from "./note-key.ts";

/** One event of a log, with all that was hashed for it. */
export interface LoggedEvent {
  id: string;
  body: string;
  opening: Buffer;
  entry: Buffer;
}

/** Invents events whose IDs have gaps, as after a restore. */
export function inventEvents(count: number): LoggedEvent[] {
  return Array.from({ length: count }, (_, index) => inventEvent(index));
}

export function inventEvent(
  index: number,
  data = `"ns":17638596001234567${index},"text":"Zürich \\u2028 ✓"`,
): LoggedEvent {
  const id = String(index + 1 + 3 * Math.floor(index / 10));
  const recordedAt = new Date(Date.UTC(2026, 10, 29) + 17 * index).toISOString();
  const body = `{"id":"${id}","type":"USER_SIGNUP","timestamp":"17${id}","recorded_at":"${recordedAt}","data":{${data}}}`;
  const opening = sha256(Buffer.from(`opening ${index}`));
  return { id, body, opening, entry: entryBytes(id, recordedAt, sha256(opening, Buffer.from(body))) };
}

export function entryBytes(id: string, recordedAt: string, commitment: Buffer): Buffer {
  return Buffer.from(`tidings/event/v1\n${id}\n${recordedAt}\n${commitment.toString("base64")}\n`);
}

/** A line of the export with openings. */
export function lineOf(index: number | null, { body, opening }: LoggedEvent): string {
  return `{"index":${index},"opening":"${opening.toString("base64")}","event":${body}}\n`;
}

export function checkpointOf(entries: Buffer[], key: NoteKey, origin = key.name): string {
  return key.signNote(`${origin}\n${entries.length}\n${rootOf(entries).toString("base64")}\n`);
}

export function rootOf(entries: Buffer[]): Buffer {
  return treeHash(entries.map(leafHash));
}

export function leafHash(entry: Buffer): Buffer {
  return sha256(Buffer.of(0), entry);
}

/** MTH of RFC 6962 §2.1, over leaves that are already hashed. */
function treeHash(leaves: Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return only;
  const k = splitOf(leaves.length);
  return sha256(Buffer.of(1), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

/** PATH of RFC 6962 §2.1.1. */
export function pathOf(index: number, leaves: Buffer[]): Buffer[] {
  if (leaves.length <= 1) return [];
  const k = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
  return index < k ? [...pathOf(index, left), treeHash(right)] : [...pathOf(index - k, right), treeHash(left)];
}

function splitOf(count: number): number {
  return 2 ** Math.floor(Math.log2(count - 1));
}

/** C2SP tlog-proof, "Format". */
export function proofOf(index: number, events: LoggedEvent[], key: NoteKey): string {
  const entries = events.map(({ entry }) => entry);
  const hashes = pathOf(index, entries.map(leafHash)).map((hash) => `${hash.toString("base64")}\n`);
  const extra = events[index]?.opening.toString("base64") ?? "";
  return `c2sp.org/tlog-proof@v1\nextra ${extra}\nindex ${index}\n${hashes.join("")}\n${checkpointOf(entries, key)}`;
}

/** The tiles and bundles of a tree, by their paths below `/log/`. C2SP tlog-tiles, "Merkle Tree" and "Log entries". */
export function tilesOf(entries: Buffer[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const add = (level: string, items: Buffer[]) => {
    for (let start = 0; start < items.length; start += 256) {
      const part = items.slice(start, start + 256);
      const width = part.length < 256 ? `.p/${part.length}` : "";
      files.set(`tile/${level}/${numberOf(start / 256)}${width}`, Buffer.concat(part));
    }
  };
  add(
    "entries",
    entries.map((entry) => Buffer.concat([Buffer.of(entry.length >> 8, entry.length & 255), entry])),
  );
  let hashes = entries.map(leafHash);
  for (let level = 0; hashes.length > 0; level += 1) {
    add(String(level), hashes);
    const full = Math.floor(hashes.length / 256);
    hashes = Array.from({ length: full }, (_, n) => treeHash(hashes.slice(256 * n, 256 * (n + 1))));
  }
  return files;
}

function numberOf(tile: number): string {
  const groups: string[] = [];
  for (let rest = tile; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`${groups.length > 0 ? "x" : ""}${String(rest % 1000).padStart(3, "0")}`);
  }
  return groups.join("/");
}
