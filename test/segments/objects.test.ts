import { describe, expect, it } from "vitest";
import { compress, decompress } from "../../src/segments/compression.ts";
import { isLong, parseFeeds, parseManifest, positionsOf, type Manifest } from "../../src/segments/manifest.ts";
import { writeLines } from "../../src/segments/json-lines.ts";
import { bundleKey, feedsKey, manifestKey, parseSegmentPrefix, postingsKey } from "../../src/segments/object-names.ts";
import { encodePositions } from "../../src/segments/positions.ts";
import { parseBundle, writeOpenedLine } from "../../src/segments/opened-lines.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

const EVENT = { index: 7, opening: "AB".repeat(32), json: '{"id":"12","type":"ADD_BUILD","data":{"a":"\\n"}}' };
const ERASED = { index: null, opening: "", json: '{"id":"15","username":"Zoë"}' };

describe("a bundle", () => {
  it("has the lines of a download with openings", () => {
    expect(writeOpenedLine(EVENT)).toBe(`{"index":7,"opening":"${"q6ur".repeat(10)}q6s=","event":${EVENT.json}}\n`);
    expect(writeOpenedLine(ERASED)).toBe(`{"index":null,"opening":null,"event":${ERASED.json}}\n`);
  });

  it("is read as it was written", () => {
    const content = utf8(writeOpenedLine(EVENT) + writeOpenedLine(ERASED));
    expect(parseBundle(content)).toEqual([
      { ...EVENT, id: 12 },
      { ...ERASED, id: 15 },
    ]);
  });

  it.each([
    ["ends within a line", writeOpenedLine(EVENT).slice(0, -1)],
    ["has another line", `${writeOpenedLine(EVENT)}{}\n`],
    ["has an empty line", `\n${writeOpenedLine(EVENT)}`],
    ["has a short opening", writeOpenedLine({ ...EVENT, opening: "AB" })],
    ["has an event twice", writeOpenedLine(EVENT) + writeOpenedLine(EVENT)],
  ])("that %s is damaged", (_, text) => {
    expect(() => parseBundle(utf8(text))).toThrow(RangeError);
  });
});

describe("compression", () => {
  it("writes gzip, the same for the same content", async () => {
    const content = utf8(writeOpenedLine(EVENT).repeat(100));
    const bytes = compress(content);
    expect(bytes).toEqual(compress(content));
    expect(bytes.byteLength).toBeLessThan(content.byteLength / 10);
    expect(decompress(bytes)).toEqual(content);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    expect(new Uint8Array(await new Response(stream).arrayBuffer())).toEqual(new Uint8Array(content));
  });

  it("finds damage", () => {
    const bytes = compress(utf8("some content"));
    expect(() => decompress(bytes.slice(0, -1))).toThrow(RangeError);
    expect(() => decompress(bytes.map((byte, index) => (index === 12 ? byte ^ 1 : byte)))).toThrow(RangeError);
    expect(() => decompress(new Uint8Array())).toThrow(RangeError);
  });
});

const MANIFEST: Manifest = {
  format: "tidings/segment/v1",
  first_event_id: 3,
  last_event_id: 9,
  events: 5,
  erased: 0,
  bundle_events: 256,
  runs: [[3, 0]],
  recorded_from: "2026-11-29T02:05:17.488Z",
  recorded_to: "2026-11-29T02:05:18.000Z",
  log_first_index: null,
  objects: { "postings.bin": { bytes: 5, sha256: "0".repeat(64) } },
};

describe("a manifest", () => {
  it("is read as it was written", () => {
    expect(parseManifest(writeLines([MANIFEST]))).toEqual(MANIFEST);
  });

  it.each([
    ["is empty", utf8("")],
    ["is cut off", writeLines([MANIFEST]).slice(0, -3)],
    ["is of another version", writeLines([{ ...MANIFEST, format: "tidings/segment/v2" }])],
    ["comes twice", writeLines([MANIFEST, MANIFEST])],
    ["is no JSON", utf8("{\n")],
  ])("that %s is damaged", (_, content) => {
    expect(() => parseManifest(content)).toThrow(RangeError);
  });

  it("comes with the list of feeds, one in each line", () => {
    const place = { events: 1, first_event_id: 3, last_event_id: 3, start: 0, bytes: 5 };
    const feeds = [
      { id: 1, scope: "state/shop", kind: "everyone", name: "", ...place },
      { id: 2, scope: "state/shop", kind: "group", name: "a\u2028b", ...place },
    ];
    const short = { id: 3, scope: "state/shop", kind: "auditors", name: "", positions: [0, 7] };
    const read = parseFeeds(writeLines([...feeds, short]));
    expect(read).toEqual([...feeds, short]);
    expect(read.map((feed) => positionsOf(feed, encodePositions([4])))).toEqual([[4], [4], [0, 7]]);
    expect(read.map(isLong)).toEqual([true, true, false]);
    expect(() => parseFeeds(writeLines([{ ...feeds[0], kind: "all" }]))).toThrow(RangeError);
  });
});

describe("the objects of a segment", () => {
  const segment = { first: 1, last: 16_384 };
  const prefix = "archive/segments/0000000000000001-0000000000016384/";

  it("are named by the IDs of its events", () => {
    expect(bundleKey(segment, 7)).toBe(`${prefix}events/007.ndjson.gz`);
    expect(postingsKey(segment)).toBe(`${prefix}postings.bin`);
    expect(feedsKey(segment)).toBe(`${prefix}feeds.ndjson.gz`);
    expect(manifestKey(segment)).toBe(`${prefix}manifest.json`);
  });

  it("have names from which these IDs can be parsed", () => {
    expect(parseSegmentPrefix(prefix)).toEqual(segment);
    expect(parseSegmentPrefix("archive/segments/1-2/")).toBeUndefined();
  });
});
