import { createHash } from "node:crypto";
import { crc32, gunzipSync } from "node:zlib";
import { env } from "cloudflare:workers";
import { everythingInBucket } from "./bucket.ts";

/** A segment, read from the bucket by the documented format, without code of the service. */
export interface ReadSegment {
  manifest: Record<string, unknown> & { runs: [number, number][]; objects: Record<string, unknown> };
  lines: string[];
  feeds: ({ positions: number[] } & Feed)[];
}

const PREFIX = "archive/segments/";

/** Reads all segments that have a manifest, oldest first. Throws if an object is not the one that it should be. */
export async function readArchive(): Promise<ReadSegment[]> {
  const objects = [...(await everythingInBucket())].filter(([key]) => key.startsWith(PREFIX));
  const folders = Map.groupBy(objects, ([key]) => key.split("/")[2] ?? "");
  return [...folders.values()]
    .map((own) => new Map(own.map(([key, bytes]) => [key.split("/").slice(3).join("/"), Buffer.from(bytes)])))
    .filter((folder) => folder.has("manifest.json"))
    .map(readSegment);
}

function readSegment(folder: Map<string, Buffer>): ReadSegment {
  const manifest = JSON.parse(textOf(folder, "manifest.json")) as ReadSegment["manifest"];
  for (const [name, { bytes, sha256 }] of Object.entries(manifest.objects) as [string, Digest][]) {
    const content = contentOf(folder, name);
    const found = { bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
    if (found.bytes !== bytes || found.sha256 !== sha256) throw new Error(`${name} is another object`);
  }
  if (folder.size !== Object.keys(manifest.objects).length + 1) throw new Error("the manifest leaves out an object");
  const bundles = [...folder.keys()].filter((name) => name.startsWith("events/")).toSorted();
  const lines = bundles.flatMap((name) => textOf(folder, name).trimEnd().split("\n"));
  const postings = contentOf(folder, "postings.bin");
  const feeds = textOf(folder, "feeds.ndjson.gz").trimEnd().split("\n").filter(Boolean).map(parseFeed);
  return { manifest, lines, feeds: feeds.map((feed) => ({ ...feed, positions: positionsOf(feed, postings) })) };
}

interface Digest {
  bytes: number;
  sha256: string;
}

interface Feed {
  id: number;
  scope: string;
  kind: string;
  name: string;
  /** Only a short list has it. */
  positions?: number[];
  /** Only a long list has these. */
  events?: number;
  start?: number;
  bytes?: number;
}

function parseFeed(line: string): Feed {
  return JSON.parse(line) as Feed;
}

function positionsOf({ start, bytes, positions: own }: Feed, postings: Buffer): number[] {
  if (own !== undefined) return own;
  if (start === undefined || bytes === undefined) throw new Error("a feed has no list");
  const list = postings.subarray(start, start + bytes - 4);
  if (crc32(list) !== postings.readUInt32LE(start + bytes - 4)) throw new Error("a list has another checksum");
  const positions: number[] = [];
  let [value, factor] = [0, 1];
  for (const byte of list) {
    value += (byte & 127) * factor;
    factor *= 128;
    if (byte > 127) continue;
    positions.push((positions.at(-1) ?? 0) + value);
    [value, factor] = [0, 1];
  }
  return positions;
}

function contentOf(folder: Map<string, Buffer>, name: string): Buffer {
  const bytes = folder.get(name);
  if (bytes === undefined) throw new Error(`${name} is missing`);
  return name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

function textOf(folder: Map<string, Buffer>, name: string): string {
  return contentOf(folder, name).toString("utf8");
}

/** The whole history: each event with its opening, and each entry of a feed. */
export interface History {
  events: Map<number, { json: string; opening: string }>;
  /** `scope kind name` and the event's ID. */
  entries: string[];
}

/** Reads the history of D1 and the archive together: the archive up to the boundary, and D1 above it. */
export async function wholeHistory(): Promise<History> {
  const boundary = (await env.DB.prepare("SELECT boundary FROM archive_state").first<number>("boundary")) ?? 0;
  const archived = (await readArchive()).filter(({ manifest }) => Number(manifest["last_event_id"]) <= boundary);
  const hot = await hotHistory(boundary);
  const events = archived.flatMap(({ lines, manifest }) =>
    lines.map((line, position) => eventOf(line, manifest.runs, position)),
  );
  const entries = archived.flatMap(({ manifest, feeds }) =>
    feeds.flatMap(({ scope, kind, name, positions }) =>
      positions.map((position) => `${scope} ${kind} ${name} ${idAt(manifest.runs, position)}`),
    ),
  );
  if (new Set(entries).size < entries.length) throw new Error("an entry is in the archive twice");
  return { events: new Map([...events, ...hot.events]), entries: [...entries, ...hot.entries].toSorted() };
}

async function hotHistory(boundary: number): Promise<History> {
  const events = await env.DB.prepare("SELECT id, json, hex(opening) AS opening FROM events WHERE id > ?1 ORDER BY id")
    .bind(boundary)
    .all<{ id: number; json: string; opening: string }>();
  const entries = await env.DB.prepare(
    `SELECT scope || ' ' || kind || ' ' || name || ' ' || event_id AS entry
    FROM feed_entries JOIN feeds ON feeds.id = feed_id WHERE event_id > ?1`,
  )
    .bind(boundary)
    .all<{ entry: string }>();
  return {
    events: new Map(events.results.map(({ id, json, opening }) => [id, { json, opening }])),
    entries: entries.results.map(({ entry }) => entry).toSorted(),
  };
}

const LINE = /^\{"index":(?:[0-9]+|null),"opening":(?:null|"(?<opening>[^"]+)"),"event":(?<json>.*)\}$/;

function eventOf(line: string, runs: [number, number][], position: number) {
  const { json = "", opening = "" } = LINE.exec(line)?.groups ?? {};
  const hex = Buffer.from(opening, "base64").toString("hex").toUpperCase();
  return [idAt(runs, position), { json, opening: hex }] as const;
}

function idAt(runs: [number, number][], position: number): number {
  const [id, first] = runs.findLast(([, start]) => start <= position) ?? [NaN, 0];
  return id + position - first;
}

/**
 * Returns what is wrong with the lists of the archive in D1. A long list must have its row of the directory, and its
 * entries must be gone when the move is done. A list of at most `keepUpTo` events must still have its entries.
 */
export async function listViolations(
  boundary: number,
  keepUpTo: number,
  { isDone }: { isDone: boolean },
): Promise<string[]> {
  const rows = await env.DB.prepare("SELECT * FROM archive_directory WHERE first_event_id <= ?1").bind(boundary).all();
  const entries = await env.DB.prepare("SELECT feed_id, event_id FROM feed_entries WHERE event_id <= ?1")
    .bind(boundary)
    .all<{ feed_id: number; event_id: number }>();
  const segments = (await readArchive()).filter(({ manifest }) => Number(manifest["last_event_id"]) <= boundary);
  const lists = segments.flatMap(({ manifest, feeds }) =>
    feeds.map(({ id, positions, ...place }) => ({
      id,
      row: rowOf(id, manifest, positions, place),
      events: positions.map((position) => idAt(manifest.runs, position)),
    })),
  );
  const long = lists.filter(({ events }) => events.length > keepUpTo).map(({ row }) => row);
  const kept = lists
    .filter(({ events }) => events.length <= keepUpTo)
    .flatMap(({ id, events }) => events.map((event) => `${id} ${event}`));
  const left = new Set(entries.results.map(({ feed_id, event_id }) => `${feed_id} ${event_id}`));
  const stored = rows.results.map((row) => JSON.stringify(row));
  const expected = new Set(long.map((row) => JSON.stringify(row)));
  return [
    ...stored.filter((row) => !expected.has(row)).map((row) => `the directory has ${row}`),
    ...(stored.length === expected.size ? [] : [`the directory has ${stored.length} of ${expected.size} lists`]),
    ...kept.filter((entry) => !left.has(entry)).map((entry) => `the entry ${entry} is gone`),
    ...(isDone && left.size > kept.length
      ? [`D1 has ${left.size} entries of moved events, and not ${kept.length}`]
      : []),
  ];
}

function rowOf(
  feed_id: number,
  manifest: ReadSegment["manifest"],
  positions: number[],
  place: Pick<Feed, "events" | "start" | "bytes">,
) {
  return {
    feed_id,
    first_event_id: idAt(manifest.runs, positions[0] ?? NaN),
    last_event_id: idAt(manifest.runs, positions.at(-1) ?? NaN),
    segment: manifest["first_event_id"],
    events: place.events,
    start: place.start,
    bytes: place.bytes,
  };
}
