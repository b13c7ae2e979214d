import { base64url, exportSPKI } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { authenticateReader } from "../../src/auth/reader-token.ts";
import { contextWith, NOW_SECONDS, refusalOf, requestWith, SECRET } from "./factories.ts";
import { aKeySet, aSigningKey, serving, type SigningKey } from "./signing-keys.ts";
import { forged, signedBy, signedBySecret } from "./tokens.ts";

const UNKNOWN_KEY = {
  code: "unauthenticated",
  message: "The token is signed with a key that this service does not trust.",
};
const WRONG_SIGNATURE = { code: "unauthenticated", message: "The token's signature is wrong." };
const UNAVAILABLE = { code: "unavailable", headers: { "Retry-After": expect.stringMatching(/^[1-9][0-9]*$/) } };

function read(token: string, keySet: ReturnType<typeof aKeySet>, variables: Partial<Env> = {}, seconds = 0) {
  const context = {
    ...contextWith({ JWKS_URL: keySet.url, ...variables }, keySet.fetch),
    now: () => (NOW_SECONDS + seconds) * 1000,
  };
  return authenticateReader(requestWith({ Authorization: `Bearer ${token}` }), context);
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
  const readAt = (seconds: number, token: string, keySet: ReturnType<typeof aKeySet>) =>
    read(token, keySet, {}, seconds);
  const IN_TEN_MINUTES = (NOW_SECONDS + 601) * 1000;
  const longLived = { exp: NOW_SECONDS + 3600 };

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

  it("happens again for an unknown key once half a minute has passed, and no sooner", async () => {
    const keySet = aKeySet(key);
    const fresh = await signedBy(otherKey, two);
    await readAt(0, await signedBy(key, one), keySet);
    keySet.answer = () => serving(key, otherKey);
    for (const seconds of [0, 1, 29]) {
      expect(await refusalOf(() => readAt(seconds, fresh, keySet))).toMatchObject(UNKNOWN_KEY);
    }
    expect(keySet.reads).toBe(1);
    await expect(readAt(30, fresh, keySet)).resolves.toBeDefined();
    expect(keySet.reads).toBe(2);
  });

  const rotations: [string, string | undefined, number][] = [
    ["without a kid", undefined, 1],
    ["without a kid, one of two,", undefined, 2],
    ["that keeps its kid", "same", 1],
  ];

  it.each(rotations)("happens again when a key %s is rotated", async (_, kid, count) => {
    const newKey = async () => aSigningKey("ES256", kid);
    const before = await Promise.all(Array.from({ length: count }, newKey));
    const after = await Promise.all(Array.from({ length: count }, newKey));
    const header = { alg: "ES256", ...(kid !== undefined && { kid }) };
    const [old, fresh] = [before.at(-1), after.at(-1)];
    if (old === undefined || fresh === undefined) throw new Error("There are no keys");
    const [oldToken, freshToken] = await Promise.all([signedBy(old, header), signedBy(fresh, header)]);

    const keySet = aKeySet(...before);
    await readAt(0, oldToken, keySet);
    keySet.answer = () => serving(...after);
    expect(await refusalOf(() => readAt(29, freshToken, keySet))).toMatchObject(WRONG_SIGNATURE);
    await expect(readAt(30, freshToken, keySet)).resolves.toBeDefined();
    expect(keySet.reads).toBe(2);
    expect(await refusalOf(() => readAt(91, oldToken, keySet))).toMatchObject(WRONG_SIGNATURE);
  });

  it("is driven at most every 30 seconds by forged signatures, and not at all by those of JWT_SECRET", async () => {
    const keySet = aKeySet(key);
    await readAt(0, await signedBy(key, one), keySet);
    const wrongSecret = await signedBySecret({}, "another secret of more than 32 bytes");
    for (let seconds = 1; seconds <= 120; seconds++) {
      const token = await signedBy(otherKey, one, { jti: `${seconds}` });
      expect(await refusalOf(() => readAt(seconds, token, keySet))).toMatchObject(WRONG_SIGNATURE);
      const bySecret = () => read(wrongSecret, keySet, { JWT_SECRET: SECRET }, seconds);
      expect(await refusalOf(bySecret)).toMatchObject(WRONG_SIGNATURE);
    }
    expect(keySet.reads).toBe(5);
  });

  it("is driven no more often while the set cannot be read, and known keys stay good meanwhile", async () => {
    const keySet = aKeySet(key);
    await readAt(0, await signedBy(key, one), keySet);
    keySet.answer = () => new Response("down", { status: 502 });
    const fresh = await signedBy(otherKey, two);
    for (const seconds of [30, 31, 45, 59, 60]) {
      expect(await refusalOf(() => readAt(seconds, fresh, keySet))).toMatchObject(UNAVAILABLE);
    }
    expect(keySet.reads).toBe(3);
    await expect(readAt(61, await signedBy(key, one, { jti: "later" }), keySet)).resolves.toBeDefined();
  });

  it("happens again when the set held a key that is broken, and is mended", async () => {
    const keySet = aKeySet();
    keySet.answer = () => Response.json({ keys: [{ kty: "RSA", kid: "one", n: "AQAB" }] });
    const token = await signedBy(key, one);
    expect(await refusalOf(() => readAt(0, token, keySet))).toMatchObject(UNAVAILABLE);
    keySet.answer = () => serving(key);
    await expect(readAt(30, token, keySet)).resolves.toBeDefined();
  });

  it("forgets a withdrawn key within ten minutes", async () => {
    const keySet = aKeySet(key);
    const token = await signedBy(key, one, longLived);
    await readAt(0, token, keySet);
    keySet.answer = () => serving(otherKey);
    expect(await refusalOf(() => readAt(601, token, keySet))).toMatchObject(UNKNOWN_KEY);
  });

  it("goes through the network of the request that needs it, not of the first one ever", async () => {
    const keySet = aKeySet(key);
    const token = await signedBy(key, one, longLived);
    await read(token, keySet);
    const later = { ...contextWith({ JWKS_URL: keySet.url }, async () => serving(key)), now: () => IN_TEN_MINUTES };
    await authenticateReader(requestWith({ Authorization: `Bearer ${token}` }), later);
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

  it("is a temporary error of the service if the server does not respond, and ends when it does", async () => {
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

  it("does not stop a good cookie beside one that cannot be verified now", async () => {
    const keySet = aKeySet();
    keySet.answer = () => new Response(null, { status: 500 });
    const context = contextWith({ JWKS_URL: keySet.url, JWT_SECRET: SECRET }, keySet.fetch);
    const strange = `X-Escape-Token=${await signedBy(key, one)}`;
    const good = `X-Escape-Token=${await signedBySecret({ sub: "ada" })}`;
    const byCookies = (Cookie: string) => authenticateReader(requestWith({ Cookie }), context);
    expect(await byCookies(`${strange}; ${good}`)).toMatchObject({ reader: { name: "ada" } });
    expect(await refusalOf(() => byCookies(`X-Escape-Token=garbage; ${strange}`))).toMatchObject(UNAVAILABLE);
  });

  it("does not stop tokens by JWT_SECRET", async () => {
    const keySet = aKeySet();
    keySet.answer = () => new Response(null, { status: 500 });
    await expect(read(await signedBySecret({}), keySet, { JWT_SECRET: SECRET })).resolves.toBeDefined();
  });
});
