import { describe, expect, it } from "vitest";
import { newLogKey } from "../../scripts/new-log-key.ts";
import { Config, type Variables } from "../../src/config.ts";
import { COSIGNATURE_V1, ED25519, formatVerifierKey, parseVerifierKey, signerKey } from "../../src/tlog/note-key.ts";
import { formatNote, isSignedBy, parseNote, signNote } from "../../src/tlog/signed-note.ts";

const seed = (number: number) => new Uint8Array(32).fill(number);
const witnessKey = (name: string) => formatVerifierKey(signerKey(name, COSIGNATURE_V1, seed(name.length)).verifier);

function faultOf(variables: Variables): string {
  try {
    new Config({
      JWT_SECRET: "a-test-secret-of-more-than-32-bytes",
      INTERNAL_TOKEN: "one",
      ...variables,
    }).requireValid();
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
}

describe("LOG_KEY", () => {
  it("is a new random key each time that one is made, and signs what its public half verifies", async () => {
    const [one, other] = [newLogKey("log.example/a"), newLogKey("log.example/a")];
    expect(one.privateKey).not.toBe(other.privateKey);
    const { logKey } = new Config({ LOG_KEY: one.privateKey });
    const publicHalf = parseVerifierKey(one.publicKey);
    if (logKey === undefined || publicHalf === undefined) throw new Error("the key was not read");
    expect(logKey.verifier.name).toBe("log.example/a");
    const note = parseNote(formatNote({ text: "a text\n", signatures: [signNote("a text\n", logKey)] }));
    expect(note && (await isSignedBy(note, publicHalf))).toBe(true);
  });

  it("is parsed once", () => {
    const config = new Config({ LOG_KEY: newLogKey("log.example").privateKey });
    expect(config.logKey).toBe(config.logKey);
  });

  it.each([undefined, ""])("%j means that there is no log", (LOG_KEY) => {
    expect(new Config({ LOG_KEY }).logKey).toBeUndefined();
    expect(faultOf({ LOG_KEY })).toBe("");
  });

  it("must be the private form, of the type that signs checkpoints, with its own ID", () => {
    const { privateKey, publicKey } = newLogKey("log.example");
    const another = newLogKey("log.example");
    const wrongId = privateKey.replace(/\+[0-9a-f]{8}\+/, another.privateKey.match(/\+[0-9a-f]{8}\+/)?.[0] ?? "");
    for (const LOG_KEY of [publicKey, wrongId, `${privateKey} `, privateKey.slice(0, -2), "x"]) {
      expect(faultOf({ LOG_KEY })).toMatch(/^The variable LOG_KEY must be an Ed25519 private key/);
      expect(faultOf({ LOG_KEY })).not.toContain(LOG_KEY.slice(0, 20));
    }
  });

  it.each(["", "a b", "a+b", "a\nb"])("cannot be made for the origin %j", (origin) => {
    expect(() => newLogKey(origin)).toThrow("An origin");
  });
});

describe("LOG_ACCESS", () => {
  it("is for readers unless it is public", () => {
    expect(new Config({}).logAccess).toBe("readers");
    expect(new Config({ LOG_ACCESS: "public" }).logAccess).toBe("public");
    expect(faultOf({ LOG_ACCESS: "Public" })).toBe('The variable LOG_ACCESS must be "readers" or "public".');
  });
});

describe("LOG_WITNESSES", () => {
  const one = witnessKey("witness.example/one");
  const other = witnessKey("witness.example/other");

  it("are pairs of a key and a submission prefix", () => {
    const { logWitnesses } = new Config({
      LOG_WITNESSES: ` ${one} https://witness.example/one/ ,${other}  http://localhost:9000`,
    });
    expect(logWitnesses.map(({ key, url }) => [formatVerifierKey(key), url])).toEqual([
      [one, "https://witness.example/one"],
      [other, "http://localhost:9000"],
    ]);
    expect(new Config({}).logWitnesses).toEqual([]);
  });

  it.each([
    ["a URL alone", "https://witness.example"],
    ["a key alone", one],
    [
      "a key that signs notes, not checkpoints with a time",
      `${formatVerifierKey(signerKey("w", ED25519, seed(1)).verifier)} https://w.example`,
    ],
    ["a URL over http on another machine", `${one} http://witness.example`],
    ["a URL with a query", `${one} https://witness.example/?a=b`],
    ["three parts", `${one} https://witness.example more`],
    ["a good one and a bad one", `${one} https://witness.example,bad`],
  ])("cannot be %s", (_, LOG_WITNESSES) => {
    expect(faultOf({ LOG_WITNESSES })).toMatch(/^The variable LOG_WITNESSES must be a list of witnesses/);
  });

  it("are at most 16, and each is there once", () => {
    const list = (count: number) =>
      Array.from(
        { length: count },
        (_, number) => `${witnessKey(`w${"x".repeat(number)}`)} https://w.example/${number}`,
      );
    expect(faultOf({ LOG_WITNESSES: list(16).join() })).toBe("");
    expect(faultOf({ LOG_WITNESSES: list(17).join() })).toBe(
      "The variable LOG_WITNESSES must hold at most 16 witnesses.",
    );
    expect(faultOf({ LOG_WITNESSES: [list(1), list(1)].join() })).toBe(
      "The variable LOG_WITNESSES must not hold a witness twice.",
    );
  });
});
