import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCheckpoint, parseCheckpoint } from "../../src/tlog/checkpoint.ts";
import { cosign, cosignedAt } from "../../src/tlog/cosignature.ts";
import { decodeBundle, encodeBundle } from "../../src/tlog/entry-bundle.ts";
import { formatEntryProof, parseEntryProof } from "../../src/tlog/entry-proof.ts";
import {
  COSIGNATURE_V1,
  ED25519,
  formatSignerKey,
  formatVerifierKey,
  isKeyName,
  parseSignerKey,
  parseVerifierKey,
  signerKey,
} from "../../src/tlog/note-key.ts";
import { formatNote, isSignedBy, parseNote, parseSignatureLines, signNote } from "../../src/tlog/signed-note.ts";
import {
  edgeTiles,
  levelWidth,
  newFullTiles,
  parseTilePath,
  partialTiles,
  tilePath,
  type TileLevel,
} from "../../src/tlog/tile.ts";

const seed = (byte: number) => new Uint8Array(32).fill(byte);

describe("a signed note", () => {
  // C2SP signed-note, "Example".
  const VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
  const NOTE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

  it("is verified by the key of the specification's example", async () => {
    const [note, key] = [parseNote(NOTE), parseVerifierKey(VKEY)];
    if (note === undefined || key === undefined) throw new Error("the example was not read");
    expect(formatVerifierKey(key)).toBe(VKEY);
    expect(formatNote(note)).toBe(NOTE);
    expect(await isSignedBy(note, key)).toBe(true);
    expect(await isSignedBy({ ...note, text: "This is an example massage.\n" }, key)).toBe(false);
    expect(await isSignedBy({ ...note, signatures: [] }, key)).toBe(false);
  });

  it("bears several signatures, and ignores those of unknown keys", async () => {
    const [one, other] = [signerKey("one", ED25519, seed(1)), signerKey("other", ED25519, seed(2))];
    const text = "a text\n\nwith an empty line\n";
    const both = parseNote(formatNote({ text, signatures: [signNote(text, one), signNote(text, other)] }));
    if (both === undefined) throw new Error("the note was not read");
    expect(both.text).toBe(text);
    expect(await isSignedBy(both, one.verifier)).toBe(true);
    expect(await isSignedBy(both, other.verifier)).toBe(true);
    expect(await isSignedBy(both, signerKey("third", ED25519, seed(3)).verifier)).toBe(false);
  });

  it("is spoiled by one wrong signature of a known key beside a good one", async () => {
    const key = signerKey("one", ED25519, seed(1));
    const good = signNote("a text\n", key);
    const wrong = { ...good, signature: good.signature.map((byte) => byte ^ 1) };
    expect(await isSignedBy({ text: "a text\n", signatures: [good, wrong] }, key.verifier)).toBe(false);
  });

  it.each([
    ["no signature", "a text\n\n"],
    ["no empty line", "a text\n— one AAAAAAA=\n"],
    ["no last newline", "a text\n\n— one AAAAAAA="],
    ["a hyphen in place of the dash", "a text\n\n- one AAAAAAA=\n"],
    ["a control character", "a\ttext\n\n— one AAAAAAA=\n"],
    ["a name with a plus", "a text\n\n— o+ne AAAAAAA=\n"],
    ["a signature without base64", "a text\n\n— one AAAAAA\n"],
    ["a signature that is only a key ID", "a text\n\n— one AAAAAA==\n"],
    ["white space in the base64", "a text\n\n— one AAAA AAA=\n"],
    ["no text", "\n— one AAAAAAA=\n"],
  ])("is none with %s", (_what, text) => {
    expect(parseNote(text)).toBeUndefined();
  });

  it("takes the signature lines of a witness by themselves", () => {
    expect(parseSignatureLines("— one AAAAAAA=\n— two AAAAAAA=\n")?.map(({ name }) => name)).toEqual(["one", "two"]);
    expect(parseSignatureLines("— one AAAAAAA=\nnonsense\n")).toBeUndefined();
  });
});

describe("a key", () => {
  it("survives its private form", async () => {
    const text = formatSignerKey("localhost/log", ED25519, seed(7));
    expect(text).toMatch(/^PRIVATE\+KEY\+localhost\/log\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);
    const key = parseSignerKey(text);
    if (key === undefined) throw new Error("the key was not read");
    const signed = { text: "a text\n", signatures: [signNote("a text\n", key)] };
    const publicHalf = parseVerifierKey(formatVerifierKey(key.verifier));
    if (publicHalf === undefined) throw new Error("the public half was not read");
    expect(await isSignedBy(signed, publicHalf)).toBe(true);
  });

  // RFC 8032 §7.1, TEST 1.
  it("has the public half that RFC 8032 gives for its seed", async () => {
    const secret = Uint8Array.fromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    const { verifier } = signerKey("test", ED25519, secret);
    expect(verifier.publicKey.toHex()).toBe("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  });

  it.each(["", "a b", "a+b", "a\u00a0b", "a\u2003b", "a\nb", "a\ud800"])("has not the name %j", (name) => {
    expect(isKeyName(name)).toBe(false);
  });

  it("is refused with another's ID, an unknown type or a cut key", () => {
    const text = formatSignerKey("one", ED25519, seed(1));
    expect(parseSignerKey(text.replace("+one+", "+two+"))).toBeUndefined();
    expect(parseSignerKey(text.slice(0, -4))).toBeUndefined();
    expect(parseVerifierKey("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")).toBeUndefined();
    expect(parseVerifierKey("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")).toBeUndefined();
  });
});

describe("a checkpoint", () => {
  const TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

  it("is the specification's example, read and written", () => {
    const checkpoint = parseCheckpoint(TEXT);
    expect(checkpoint).toMatchObject({ origin: "example.com/behind-the-sofa", size: 20852163 });
    expect(checkpoint && formatCheckpoint(checkpoint)).toBe(TEXT);
    expect(parseCheckpoint(`${TEXT}an extension\n`)).toEqual(checkpoint);
  });

  it.each([
    ["a size with a leading zero", TEXT.replace("20852163", "020852163")],
    ["a size beyond 2^53", TEXT.replace("20852163", "99999999999999999999")],
    ["a short root", TEXT.replace("CsUYapGGPo4dkMgI", "CsUYapGGPo4d")],
    ["no last newline", TEXT.slice(0, -1)],
    ["an empty extension line", `${TEXT}\n`],
    ["no origin", TEXT.slice(TEXT.indexOf("\n"))],
  ])("is none with %s", (_what, text) => {
    expect(parseCheckpoint(text)).toBeUndefined();
  });

  it("bears a witness's cosignature with its time", async () => {
    const witness = signerKey("witness.example.com/w1", COSIGNATURE_V1, seed(9));
    const note = { text: TEXT, signatures: [cosign(TEXT, witness, 1679315147)] };
    expect(await cosignedAt(note, witness.verifier)).toBe(1679315147);
    expect(await cosignedAt({ ...note, text: TEXT.replace("20852163", "20852164") }, witness.verifier)).toBeUndefined();
    const [signature] = note.signatures;
    const later = { ...note, signatures: [{ ...signature, signature: signature?.signature.with(7, 0) }] };
    expect(await cosignedAt(later as typeof note, witness.verifier)).toBeUndefined();
    expect(await isSignedBy(note, witness.verifier)).toBe(false);
  });
});

describe("a proof of one entry", () => {
  const CHECKPOINT = "example.com/log\n2\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/log AAAAAAA=\n";

  it("survives being written and read", () => {
    const hash = () => fc.uint8Array({ minLength: 32, maxLength: 32 });
    const extra = fc.option(fc.uint8Array({ maxLength: 64 }), { nil: undefined });
    fc.assert(
      fc.property(extra, fc.maxSafeNat(), fc.array(hash(), { maxLength: 60 }), (bytes, index, hashes) => {
        const proof = {
          extra: bytes && new Uint8Array(bytes),
          index,
          hashes: hashes.map((one) => new Uint8Array(one)),
          checkpoint: CHECKPOINT,
        };
        expect(parseEntryProof(formatEntryProof(proof))).toEqual(proof);
      }),
    );
  });

  it.each([
    ["another first line", "c2sp.org/tlog-proof@v2\nindex 0\n\nx"],
    ["no index", "c2sp.org/tlog-proof@v1\n\nx"],
    ["an index with a leading zero", "c2sp.org/tlog-proof@v1\nindex 01\n\nx"],
    ["a short hash", "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx"],
    ["an extra that is no base64", "c2sp.org/tlog-proof@v1\nextra ?\nindex 0\n\nx"],
    ["no empty line", "c2sp.org/tlog-proof@v1\nindex 0\n"],
  ])("is none with %s", (_what, text) => {
    expect(parseEntryProof(text)).toBeUndefined();
  });
});

describe("tiles", () => {
  it.each([
    [{ level: 0, index: 1234067, width: 256 }, "tile/0/x001/x234/067"],
    [{ level: 1, index: 0, width: 17 }, "tile/1/000.p/17"],
    [{ level: "entries" as const, index: 999, width: 256 }, "tile/entries/999"],
    [{ level: 63, index: 1000, width: 255 }, "tile/63/x001/000.p/255"],
  ])("%j lies at %s", (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it.each([
    "tile/64/000",
    "tile/00/000",
    "tile/0/0",
    "tile/0/x000/001",
    "tile/0/001/002",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/0/000.p/01",
    "tile/0/000/",
    "tile/-1/000",
    "tile/0/x999/x999/x999/x999/x999/999",
    "tile/entry/000",
  ])("there is none at %s", (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  it("are those of the specification's example of 70,000 entries", () => {
    expect(levelWidth(0, 70_000)).toBe(273 * 256 + 112);
    expect(partialTiles(70_000)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect(partialTiles(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
    expect(partialTiles(0)).toEqual([]);
  });
});

describe("the tiles that become full while a tree grows", () => {
  it("are those that only the larger tree has", () => {
    const fullTiles = (size: number) => {
      const levels: TileLevel[] = ["entries", 0, 1, 2];
      return levels.flatMap((level) =>
        Array.from({ length: Math.floor(levelWidth(level, size) / 256) }, (_, index) =>
          tilePath({ level, index, width: 256 }),
        ),
      );
    };
    const size = fc.nat({ max: 200_000 });
    fc.assert(
      fc.property(size, size, (one, other) => {
        const [oldSize, newSize] = [Math.min(one, other), Math.max(one, other)];
        const before = new Set(fullTiles(oldSize));
        const expected = fullTiles(newSize).filter((path) => !before.has(path));
        expect(newFullTiles(oldSize, newSize).map(tilePath).toSorted()).toEqual(expected.toSorted());
      }),
    );
  });

  it("stand beside the partial ones of hashes and of entries", () => {
    expect(edgeTiles(70_000).map(tilePath)).toEqual([
      "tile/0/273.p/112",
      "tile/entries/273.p/112",
      "tile/1/001.p/17",
      "tile/2/000.p/1",
    ]);
    expect(edgeTiles(512).map(tilePath)).toEqual(["tile/1/000.p/2"]);
  });
});

describe("a bundle of entries", () => {
  it("survives being written and read", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (entries) => {
        expect(decodeBundle(encodeBundle(entries))).toEqual(entries);
      }),
    );
  });

  it("is a length of two bytes before each entry", () => {
    expect([...encodeBundle([Uint8Array.of(7, 8), Uint8Array.of()])]).toEqual([0, 2, 7, 8, 0, 0]);
  });

  it("is refused when it ends too early, or an entry is too long", () => {
    expect(() => decodeBundle(Uint8Array.of(0, 2, 7))).toThrow("ends within entry 0");
    expect(() => decodeBundle(Uint8Array.of(0))).toThrow("ends within entry 0");
    expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow("at most 65535 bytes");
  });
});
