import { base64url, exportSPKI } from "jose";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { readReader } from "../../src/auth/reader-token.ts";
import { contextWith, refusalOf, requestWith, SECRET } from "./factories.ts";
import { aKeySet, aSigningKey, serving, type SigningKey } from "./signing-keys.ts";
import { forged, signedBy, signedBySecret } from "./tokens.ts";

const UNKNOWN_KEY = { code: "unauthenticated", message: "The token is signed by a key that is not trusted here." };
const WRONG_SIGNATURE = { code: "unauthenticated", message: "The token's signature is wrong." };
const UNAVAILABLE = { code: "unavailable", headers: { "Retry-After": expect.stringMatching(/^[1-9][0-9]*$/) } };

function read(token: string, keySet: ReturnType<typeof aKeySet>, variables: Partial<Env> = {}) {
  const context = contextWith({ JWKS_URL: keySet.url, ...variables }, keySet.fetch);
  return readReader(requestWith({ Authorization: `Bearer ${token}` }), context);
}

let key: SigningKey;
let otherKey: SigningKey;
beforeAll(async () => {
  [key, otherKey] = await Promise.all([aSigningKey("RS256", "one"), aSigningKey("RS256", "two")]);
});
const one = { alg: "RS256", kid: "one" };
const two = { alg: "RS256", kid: "two" };

describe("a token by a key of the key set", () => {
  it.each(["RS256", "ES256", "EdDSA"])("is accepted by %s", async (alg) => {
    const ownKey = await aSigningKey(alg, "mine");
    const token = await signedBy(ownKey, { alg, kid: "mine" }, { sub: "ada" });
    expect(await read(token, aKeySet(key, ownKey))).toMatchObject({ reader: { name: "ada" } });
  });

  it.each(["RS512", "PS256", "ES384"])("is refused by %s, though the key is there", async (alg) => {
    const ownKey = await aSigningKey(alg, "mine");
    const token = await signedBy(ownKey, { alg, kid: "mine" });
    expect(await refusalOf(() => read(token, aKeySet(ownKey)))).toMatchObject({ code: "unauthenticated" });
  });

  it("stands beside tokens by JWT_SECRET: the token's algorithm chooses", async () => {
    const keySet = aKeySet(key);
    const both = { JWT_SECRET: SECRET };
    expect(await read(await signedBySecret({ sub: "ada" }), keySet, both)).toMatchObject({ reader: { name: "ada" } });
    expect(keySet.reads).toBe(0);
    const token = await signedBy(key, one, { sub: "grace" });
    expect(await read(token, keySet, both)).toMatchObject({ reader: { name: "grace" } });
  });

  it("may leave its key unnamed: each that fits is tried", async () => {
    const keySet = aKeySet(key, otherKey);
    const token = await signedBy(otherKey, { alg: "RS256" }, { sub: "ada" });
    expect(await read(token, keySet)).toMatchObject({ reader: { name: "ada" } });
    const stranger = await aSigningKey("RS256");
    const forgery = await signedBy(stranger, { alg: "RS256" });
    expect(await refusalOf(() => read(forgery, keySet))).toMatchObject(WRONG_SIGNATURE);
    const expired = await signedBy(otherKey, { alg: "RS256" }, { exp: 1 });
    expect(await refusalOf(() => read(expired, keySet))).toMatchObject({ message: expect.stringContaining("expired") });
  });

  it("is refused when a stranger signed it in that key's name", async () => {
    const token = await signedBy(otherKey, one);
    expect(await refusalOf(() => read(token, aKeySet(key)))).toMatchObject(WRONG_SIGNATURE);
  });

  it("is refused when it brings its own key", async () => {
    const header = { ...one, jwk: otherKey.jwk, jku: "https://evil.example/keys" };
    const token = await signedBy(otherKey, header);
    expect(await refusalOf(() => read(token, aKeySet(key)))).toMatchObject(WRONG_SIGNATURE);
  });

  it.each(["three", "", 1, null, ["one"]])("is refused when it names the key %j", async (kid) => {
    const token = forged({ alg: "RS256", kid });
    expect(await refusalOf(() => read(token, aKeySet(key)))).toMatchObject({ code: "unauthenticated" });
  });
});

describe("a public key used as if it were the secret", () => {
  const disguises: [string, () => Promise<string | Uint8Array>][] = [
    ["PEM", () => exportSPKI(key.publicKey)],
    ["PEM without the last line break", async () => (await exportSPKI(key.publicKey)).trimEnd()],
    ["JWK", async () => JSON.stringify(key.jwk)],
    ["modulus", async () => base64url.decode(key.jwk.n ?? "")],
  ];

  it.each(disguises)("is refused as %s, with and without a JWT_SECRET", async (_, disguise) => {
    const token = await signedBySecret({ sub: "root" }, await disguise());
    expect(await refusalOf(() => read(token, aKeySet(key)))).toMatchObject({ code: "unauthenticated" });
    const refusal = await refusalOf(() => read(token, aKeySet(key), { JWT_SECRET: SECRET }));
    expect(refusal).toMatchObject(WRONG_SIGNATURE);
  });

  it("is refused even when the key set holds a symmetric key", async () => {
    const keySet = aKeySet();
    keySet.answer = () => serving({ jwk: { kty: "oct", k: base64url.encode(SECRET), alg: "HS256" } });
    const token = await signedBySecret({});
    expect(await refusalOf(() => read(token, keySet))).toMatchObject({ code: "unauthenticated" });
  });
});

describe("reading the key set", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("happens once for many tokens", async () => {
    const keySet = aKeySet(key, otherKey);
    for (let i = 0; i < 10; i++) {
      await read(await signedBy(key, one, { jti: `${i}` }), keySet);
      await read(await signedBy(otherKey, two, { jti: `${i}` }), keySet);
    }
    expect(keySet.reads).toBe(1);
  });

  it("does not happen for a token that is refused without it", async () => {
    const keySet = aKeySet(key);
    for (const token of ["hello", "a.b.c", forged({ alg: "none" }), await signedBySecret({})]) {
      expect(await refusalOf(() => read(token, keySet))).toMatchObject({ code: "unauthenticated" });
    }
    expect(keySet.reads).toBe(0);
  });

  it("finds a new key once half a minute has passed, and is not driven by unknown ones", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const keySet = aKeySet(key);
    const known = await signedBy(key, one);
    const fresh = await signedBy(otherKey, two);
    await read(known, keySet);
    keySet.answer = () => serving(key, otherKey);
    for (let i = 0; i < 5; i++) expect(await refusalOf(() => read(fresh, keySet))).toMatchObject(UNKNOWN_KEY);
    expect(keySet.reads).toBe(1);

    vi.setSystemTime(Date.now() + 31_000);
    await expect(read(fresh, keySet)).resolves.toBeDefined();
    expect(keySet.reads).toBe(2);
  });

  it("forgets a withdrawn key within ten minutes", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const keySet = aKeySet(key);
    const token = await signedBy(key, one);
    await read(token, keySet);
    keySet.answer = () => serving(otherKey);
    vi.setSystemTime(Date.now() + 601_000);
    expect(await refusalOf(() => read(token, keySet))).toMatchObject(UNKNOWN_KEY);
  });

  it("goes through the network of the request that needs it, not of the first one ever", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const keySet = aKeySet(key);
    const token = await signedBy(key, one);
    await read(token, keySet);
    vi.setSystemTime(Date.now() + 601_000);
    const later = contextWith({ JWKS_URL: keySet.url }, async () => serving(key));
    await readReader(requestWith({ Authorization: `Bearer ${token}` }), later);
    expect(keySet.reads).toBe(1);
  });
});

describe("a key set that can't be read", () => {
  const answers: [string, () => Response][] = [
    ["an error", () => new Response("oops", { status: 500 })],
    ["not found", () => new Response("no such page", { status: 404 })],
    ["a redirect", () => Response.redirect("https://elsewhere.example/keys")],
    ["a page", () => new Response("<!doctype html>")],
    ["no key set", () => Response.json({ key: "one" })],
    ["null", () => Response.json(null)],
    ["keys that are no objects", () => Response.json({ keys: ["one"] })],
    ["a key that is broken", () => Response.json({ keys: [{ kty: "RSA", kid: "one", n: "AQAB" }] })],
  ];

  it.each(answers)("is a passing fault of ours when the answer is %s", async (_, answer) => {
    const keySet = aKeySet();
    keySet.answer = answer;
    const token = await signedBy(key, one);
    expect(await refusalOf(() => read(token, keySet))).toMatchObject(UNAVAILABLE);
  });

  it("is a passing fault of ours when nobody answers, and over when somebody does", async () => {
    const keySet = aKeySet();
    keySet.answer = () => {
      throw new TypeError("Network connection lost");
    };
    const token = await signedBy(key, one);
    const refusal = await refusalOf(() => read(token, keySet));
    expect(refusal).toMatchObject(UNAVAILABLE);
    expect(refusal.message).not.toContain(keySet.url);

    keySet.answer = () => serving(key);
    await expect(read(token, keySet)).resolves.toBeDefined();
  });

  it("does not stop tokens by JWT_SECRET", async () => {
    const keySet = aKeySet();
    keySet.answer = () => new Response(null, { status: 500 });
    await expect(read(await signedBySecret({}), keySet, { JWT_SECRET: SECRET })).resolves.toBeDefined();
  });
});
