import { describe, it } from "vitest";
import { LogServer } from "./log-server.ts";
import { sha256 } from "./note-key.ts";
import { entryBytes, inventEvent, tilesOf } from "./reference-log.ts";
import { change, expectFault, flip, replaceIn, swap, takeFrom } from "./tampering.ts";

const FIRST = "tile/entries/000";
const SECOND = "tile/entries/001";
const LAST = "tile/entries/002.p/88";
const LEAVES = "tile/0/001";
const ABOVE = "tile/1/000.p/2";

const HASH_300 = "the hash of entry 300 (ID 391) is not hash 44 in /log/tile/0/001.";
const HASH_OF_SECOND = "the hash of the entries 256 to 511 (ID 665) is not hash 1 in /log/tile/1/000.p/2.";

type Tampering = (log: LogServer) => void;

/** Returns the 600 entries of the log, with another event as entry 300. */
function rewritten({ entries }: LogServer): Buffer[] {
  return entries.with(300, inventEvent(300, '"amount":1').entry);
}

const CHANGED: [name: string, tamper: Tampering, sentence: string][] = [
  [
    "an entry whose ID was changed",
    (log) => change(log, SECOND, (bytes) => replaceIn(bytes, "\n391\n", "\n392\n")),
    "the hash of entry 300 (ID 392) is not hash 44 in /log/tile/0/001.",
  ],
  [
    "an entry whose time was changed",
    (log) => change(log, SECOND, (bytes) => replaceIn(bytes, "\n391\n2026", "\n391\n2025")),
    HASH_300,
  ],
  ["an entry whose commitment was changed", (log) => takeFrom(log, rewritten(log), [SECOND]), HASH_300],
  [
    "the last entry, which was changed",
    (log) => change(log, LAST, (bytes) => replaceIn(bytes, "\n777\n2026", "\n777\n2025")),
    "the hash of entry 599 (ID 777) is not hash 87 in /log/tile/0/002.p/88.",
  ],
  ["a leaf", (log) => change(log, LEAVES, (bytes) => flip(bytes, 44 * 32)), HASH_300],
  [
    "a leaf in a partial tile",
    (log) => change(log, "tile/0/002.p/88", (bytes) => flip(bytes, 31)),
    "the hash of entry 512 (ID 666) is not hash 0 in /log/tile/0/002.p/88.",
  ],
  ["a hash in a higher tile", (log) => change(log, ABOVE, (bytes) => flip(bytes, 63)), HASH_OF_SECOND],
  ["an entry and its leaf", (log) => takeFrom(log, rewritten(log), [SECOND, LEAVES]), HASH_OF_SECOND],
  [
    "an entry and every tile above it",
    (log) => takeFrom(log, rewritten(log), tilesOf(log.entries).keys()),
    "the 600 entries and their tiles do not have the root of the newest checkpoint.",
  ],
  [
    "bundles in the wrong order",
    (log) => swap(log, FIRST, SECOND),
    "the hash of entry 0 (ID 332) is not hash 0 in /log/tile/0/000.",
  ],
  [
    "tiles in the wrong order",
    (log) => swap(log, "tile/0/000", LEAVES),
    "the hash of entry 0 (ID 1) is not hash 0 in /log/tile/0/000.",
  ],
];

const CUT: typeof CHANGED = [
  [
    "a missing bundle",
    (log) => log.files.delete(SECOND),
    "/log/tile/entries/001 is missing (404). It covers the entries 256 to 511.",
  ],
  [
    "a missing partial bundle",
    (log) => log.files.delete(LAST),
    "/log/tile/entries/002.p/88 is missing (404). It covers the entries 512 to 599.",
  ],
  [
    "a missing tile",
    (log) => log.files.delete("tile/0/000"),
    "/log/tile/0/000 is missing (404). It covers the entries 0 to 255.",
  ],
  [
    "a missing higher tile",
    (log) => log.files.delete(ABOVE),
    "/log/tile/1/000.p/2 is missing (404). It covers the entries 0 to 511.",
  ],
  [
    "a tile that begins too late",
    (log) => change(log, LEAVES, (bytes) => bytes.subarray(32)),
    "the hash of entry 256 (ID 332) is not hash 0 in /log/tile/0/001.",
  ],
  [
    "a tile that lacks its last byte",
    (log) => change(log, LEAVES, (bytes) => bytes.subarray(0, -1)),
    "the hash of entry 511 (ID 665) is not hash 255 in /log/tile/0/001.",
  ],
  [
    "a tile that goes on",
    (log) => change(log, LEAVES, (bytes) => Buffer.concat([bytes, Buffer.of(0)])),
    "/log/tile/0/001 is longer than 8192 bytes.",
  ],
  [
    "a bundle that lacks its last byte",
    (log) => change(log, SECOND, (bytes) => bytes.subarray(0, -1)),
    "/log/tile/entries/001 ends before the end of entry 511.",
  ],
  [
    "a bundle that ends within a length",
    (log) => change(log, SECOND, (bytes) => bytes.subarray(0, 1)),
    "/log/tile/entries/001 ends before the end of entry 256.",
  ],
  ["an empty bundle", (log) => log.files.set(SECOND, ""), "/log/tile/entries/001 ends before the end of entry 256."],
  [
    "a bundle that goes on",
    (log) => change(log, SECOND, (bytes) => Buffer.concat([bytes, Buffer.of(0, 0)])),
    "/log/tile/entries/001 continues after its last entry, 511.",
  ],
  [
    "a bundle of zeros",
    (log) => log.files.set(SECOND, Buffer.alloc(20_000)),
    "entry 256 in /log/tile/entries/001 does not have the form of an entry.",
  ],
];

describe.concurrent("verify-log names", () => {
  it.each([...CHANGED, ...CUT])("%s", async (_, tamper, sentence) => {
    await using log = await LogServer.start(600);
    tamper(log);
    await expectFault(log, sentence);
  });
});

const TIME = "2026-11-29T02:05:17.488Z";
const COMMITMENT = sha256();
const ENTRY = entryBytes("4", TIME, COMMITMENT).toString();
const NO_ENTRY = "entry 3 in /log/tile/entries/000.p/5 does not have the form of an entry.";

/** Texts in place of entry 3. The tree contains the text and has no other fault, and the log has signed it. */
const ENTRIES: [name: string, entry: string, sentence: string][] = [
  [
    "an ID below the one before it",
    ENTRY.replace("\n4\n", "\n2\n"),
    "entry 3 (ID 2) is out of order: the entry before it has ID 3.",
  ],
  ["another version", ENTRY.replace("v1", "v2"), NO_ENTRY],
  ["an ID with a leading zero", ENTRY.replace("\n4\n", "\n04\n"), NO_ENTRY],
  ["an ID of 20 digits", ENTRY.replace("\n4\n", `\n${"1".repeat(20)}\n`), NO_ENTRY],
  ["no ID", ENTRY.replace("\n4\n", "\n\n"), NO_ENTRY],
  ["a time without milliseconds", ENTRY.replace(".488", ""), NO_ENTRY],
  ["a time in another zone", ENTRY.replace("488Z", "488+00:00"), NO_ENTRY],
  ["a day that does not exist", ENTRY.replace("11-29", "02-30"), NO_ENTRY],
  ["a short commitment", entryBytes("4", TIME, COMMITMENT.subarray(1)).toString(), NO_ENTRY],
  ["a commitment that is not base64", ENTRY.replace("47DEQ", "47-EQ"), NO_ENTRY],
  ["a commitment whose last bits are not zero", ENTRY.replace("U=\n", "V=\n"), NO_ENTRY],
  ["no line break at its end", ENTRY.slice(0, -1), NO_ENTRY],
  ["one more line", `${ENTRY}\n`, NO_ENTRY],
  ["carriage returns", ENTRY.replaceAll("\n", "\r\n"), NO_ENTRY],
  ["no bytes", "", NO_ENTRY],
];

describe.concurrent("verify-log names an entry that the log has signed with", () => {
  it.each(ENTRIES)("%s", async (_, entry, sentence) => {
    await using log = await LogServer.start(5);
    log.publish(log.entries.with(3, Buffer.from(entry)));
    await expectFault(log, sentence);
  });

  it("the ID of the entry before it", async () => {
    await using log = await LogServer.start(3);
    log.publish([...log.entries, ...log.entries.slice(2)]);
    await expectFault(log, "entry 3 (ID 3) is out of order: the entry before it has ID 3.");
  });

  it("an ID that is smaller as a number but not as a text", async () => {
    await using log = await LogServer.start(0);
    log.publish(["10", "9"].map((id) => entryBytes(id, TIME, COMMITMENT)));
    await expectFault(log, "entry 1 (ID 9) is out of order: the entry before it has ID 10.");
  });
});
