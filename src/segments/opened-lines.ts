import { Buffer } from "node:buffer";

/** An event as it is served, with what its entry in the log is made of. */
export interface OpenedLine {
  /** The index of the event's entry in the log. Null if it has none, or if that is not known. */
  index: number | null;
  /** 32 bytes in hex. Empty if the event was erased. */
  opening: string;
  /** The event, byte for byte. */
  json: string;
}

/** A line of a bundle, with the ID that its event has. */
export type BundleLine = OpenedLine & { id: number };

/** Writes a line of `application/x-ndjson; openings=1`, and of a bundle of the archive, with its line break. */
export function writeOpenedLine({ index, opening, json }: OpenedLine): string {
  const base64 = opening === "" ? "null" : `"${Buffer.from(opening, "hex").toString("base64")}"`;
  return `{"index":${index},"opening":${base64},"event":${json}}\n`;
}

const LINE =
  /^\{"index":(?<index>[0-9]{1,16}|null),"opening":(?:null|"(?<opening>[A-Za-z0-9+/]{43}=)"),"event":(?<json>\{"id":"(?<id>[0-9]{1,16})".*\})\}$/;

/**
 * Reads the lines of a bundle. The events are in ascending order of ID.
 * @throws RangeError if the bundle is damaged
 */
export function parseBundle(content: Uint8Array): BundleLine[] {
  const lines = new TextDecoder().decode(content).split("\n");
  if (lines.pop() !== "") throw new RangeError("the bundle ends within a line");
  const events = lines.map(parseLine);
  const isAscending = events.every(({ id }, place) => place === 0 || id > (events[place - 1]?.id ?? NaN));
  if (!isAscending) throw new RangeError("the bundle is not in ascending order");
  return events;
}

function parseLine(line: string, place: number): BundleLine {
  const { index, opening = "", json = "", id } = LINE.exec(line)?.groups ?? {};
  if (index === undefined) throw new RangeError(`the line ${place + 1} of the bundle cannot be read`);
  return {
    index: index === "null" ? null : Number(index),
    opening: Buffer.from(opening, "base64").toString("hex").toUpperCase(),
    json,
    id: Number(id),
  };
}

/** What the beginning of a line tells of its event. */
export type LineHead = Pick<BundleLine, "id" | "index"> & { isErased: boolean };

const HEAD =
  /^\{"index":(?<index>[0-9]{1,16}|null),"opening":(?<opening>null|"[A-Za-z0-9+/]{43}="),"event":\{"id":"(?<id>[0-9]{1,16})"/;
const MAX_HEAD_BYTES = 128;
const LINE_BREAK = 10;

/**
 * Reads only the beginning of each line of a bundle, so that a large bundle is not in memory a second time as texts.
 * @throws RangeError if the bundle is damaged
 */
export function parseHeads(content: Uint8Array): LineHead[] {
  const heads: LineHead[] = [];
  const decoder = new TextDecoder();
  for (let start = 0; start < content.byteLength;) {
    const end = content.indexOf(LINE_BREAK, start);
    const text = decoder.decode(content.subarray(start, Math.min(end, start + MAX_HEAD_BYTES)));
    const { index, opening, id } = HEAD.exec(text)?.groups ?? {};
    if (end === -1 || index === undefined)
      throw new RangeError(`the line ${heads.length + 1} of the bundle cannot be read`);
    heads.push({ id: Number(id), index: index === "null" ? null : Number(index), isErased: opening === "null" });
    start = end + 1;
  }
  return heads;
}
