import { Buffer } from "node:buffer";

/** An event as it is served, with the index and the opening of its entry in the log. */
export interface OpenedLine {
  /** The index of the event's entry in the log. Null if the event has no entry, or if the index is not known. */
  index: number | null;
  /** 32 bytes in hex. Empty if the event was erased. */
  opening: string;
  /** The event, byte for byte. */
  json: string;
}

const decoder = new TextDecoder();

/** A line of a bundle, with the ID that its event has. */
export type BundleLine = OpenedLine & { id: number };

/** Writes a line of `application/x-ndjson; openings=1`, and of a bundle of the archive, with its line break. */
export function writeOpenedLine({ index, opening, json }: OpenedLine): string {
  const base64 = opening === "" ? "null" : `"${Buffer.from(opening, "hex").toString("base64")}"`;
  return `{"index":${index},"opening":${base64},"event":${json}}\n`;
}

/** The beginning of a line, and where the line is in its bundle. */
export interface LineHead {
  id: number;
  index: number | null;
  isErased: boolean;
  /** In bytes: the position of the first byte of the line, and the position of its line break. */
  start: number;
  end: number;
}

const HEAD =
  /^\{"index":(?<index>[0-9]{1,16}|null),"opening":(?<opening>null|"[A-Za-z0-9+/]{43}="),"event":\{"id":"(?<id>[0-9]{1,16})"/;
const MAX_HEAD_BYTES = 128;
const LINE_BREAK = 10;

/**
 * Reads only the beginning of each line of a bundle, so that a large bundle is not in memory a second time, as text. The
 * events are in ascending order of ID.
 * @throws RangeError if the bundle is damaged
 */
export function parseHeads(content: Uint8Array): LineHead[] {
  const heads: LineHead[] = [];
  for (let start = 0; start < content.byteLength;) {
    const end = content.indexOf(LINE_BREAK, start);
    const head = end === -1 ? undefined : parseHead(content, start, end);
    if (head === undefined) throw new RangeError(`line ${heads.length + 1} of the bundle cannot be read`);
    if (head.id <= (heads.at(-1)?.id ?? 0)) throw new RangeError("the bundle is not in ascending order");
    heads.push(head);
    start = end + 1;
  }
  return heads;
}

function parseHead(content: Uint8Array, start: number, end: number): LineHead | undefined {
  const text = decoder.decode(content.subarray(start, Math.min(end, start + MAX_HEAD_BYTES)));
  const { index, opening, id } = HEAD.exec(text)?.groups ?? {};
  if (index === undefined) return undefined;
  return { id: Number(id), index: index === "null" ? null : Number(index), isErased: opening === "null", start, end };
}

const LINE =
  /^\{"index":(?:[0-9]{1,16}|null),"opening":(?:null|"(?<opening>[A-Za-z0-9+/]{43}=)"),"event":(?<json>\{"id":"[0-9]{1,16}".*\})\}$/;

/**
 * Reads a line of a bundle. Only this line is decoded, because a part of a longer text would keep that text in memory.
 * @throws RangeError if the line is damaged
 */
export function parseLine(content: Uint8Array, { id, index, start, end }: LineHead): BundleLine {
  const { opening = "", json } = LINE.exec(decoder.decode(content.subarray(start, end)))?.groups ?? {};
  if (json === undefined) throw new RangeError(`the line of the event ${id} cannot be read`);
  return { id, index, opening: Buffer.from(opening, "base64").toString("hex").toUpperCase(), json };
}

/**
 * Reads all lines of a bundle. The events are in ascending order of ID.
 * @throws RangeError if the bundle is damaged
 */
export function parseBundle(content: Uint8Array): BundleLine[] {
  return parseHeads(content).map((head) => parseLine(content, head));
}
