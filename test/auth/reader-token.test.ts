import { describe, expect, it } from "vitest";
import { authenticateReader } from "../../src/auth/reader-token.ts";
import { contextWith, NOW_SECONDS, refusalOf, requestWith, SECRET } from "./factories.ts";
import { forged, signedBySecret } from "./tokens.ts";

const BAD = expect.stringMatching(/^Bearer realm="tidings", error="invalid_token", error_description="[ !#-[\]-~]+"$/);

const read = (token: string, variables: Partial<Env> = {}) =>
  authenticateReader(
    requestWith({ Authorization: `Bearer ${token}` }),
    contextWith({ JWT_SECRET: SECRET, ...variables }),
  );

async function readerBy(claims: Record<string, unknown>, variables: Partial<Env> = {}) {
  const { reader } = await read(await signedBySecret(claims), variables);
  return reader;
}

const refusalBy = async (claims: Record<string, unknown>, variables: Partial<Env> = {}) => {
  const token = await signedBySecret(claims);
  return refusalOf(() => read(token, variables));
};

describe("the source of the token", () => {
  it("reads the header and the cookie as well, and says when it was the cookie", async () => {
    const token = await signedBySecret({ sub: "ada" });
    const context = contextWith({ JWT_SECRET: SECRET });
    const byHeader = await authenticateReader(requestWith({ "X-Escape-Token": token }), context);
    const byCookie = await authenticateReader(requestWith({ Cookie: `X-Escape-Token=${token}` }), context);
    expect(byHeader).toMatchObject({ reader: { name: "ada" }, viaCookie: false });
    expect(byCookie).toMatchObject({ reader: { name: "ada" }, viaCookie: true });
  });

  it("requires a token before it reads the configuration", async () => {
    const refusal = await refusalOf(() => authenticateReader(requestWith({}), contextWith({ JWT_SECRET: "short" })));
    expect(refusal).toMatchObject({
      code: "unauthenticated",
      headers: { "WWW-Authenticate": 'Bearer realm="tidings"' },
    });
  });

  it("does not forgive a bad first credential for a good second one", async () => {
    const token = await signedBySecret({});
    const context = contextWith({ JWT_SECRET: SECRET });
    const second = { "X-Escape-Token": token, Cookie: `X-Escape-Token=${token}` };
    for (const Authorization of ["Basic dTpw", "Bearer", "", "Bearer a.b.c", token]) {
      const refusal = await refusalOf(() => authenticateReader(requestWith({ Authorization, ...second }), context));
      expect(refusal).toMatchObject({ code: "unauthenticated", headers: { "WWW-Authenticate": BAD } });
    }
    for (const bad of ["", "a.b.c", `Bearer ${token}`]) {
      const request = requestWith({ ...second, "X-Escape-Token": bad });
      expect(await refusalOf(() => authenticateReader(request, context))).toMatchObject({ code: "unauthenticated" });
    }
  });
});

describe("several cookies of the name", () => {
  const context = contextWith({ JWT_SECRET: SECRET });
  const expired = () => signedBySecret({ exp: NOW_SECONDS - 60 });
  const byCookies = (...tokens: string[]) =>
    authenticateReader(requestWith({ Cookie: tokens.map((token) => `X-Escape-Token=${token}`).join("; ") }), context);

  it("are no obstacle: the first good one counts", async () => {
    const ada = await signedBySecret({ sub: "ada" });
    const ben = await signedBySecret({ sub: "ben" });
    const strange = await signedBySecret({ sub: "eve" }, "the secret of another service of the domain");
    const orders = [[ada], ["garbage", ada], ["", ada], [ada, "garbage"], [await expired(), strange, ada, ben]];
    for (const tokens of orders) {
      expect(await byCookies(...tokens)).toMatchObject({ reader: { name: "ada" }, viaCookie: true });
    }
  });

  it("are refused if none is good, with the flaw of the first", async () => {
    const refusal = await refusalOf(async () => byCookies(await expired(), "garbage"));
    expect(refusal).toMatchObject({ code: "unauthenticated", message: expect.stringContaining("expired") });
  });

  it("do not replace a bad header", async () => {
    const Cookie = `X-Escape-Token=garbage; X-Escape-Token=${await signedBySecret({})}`;
    const refusal = await refusalOf(() =>
      authenticateReader(requestWith({ Cookie, "X-Escape-Token": "bad" }), context),
    );
    expect(refusal).toMatchObject({ code: "unauthenticated" });
  });
});

describe("the reader of a token", () => {
  const expiresAt = (NOW_SECONDS + 300) * 1000;

  it("has the name and the groups that the token gives", async () => {
    const reader = await readerBy({ sub: "ada", groups: ["ops", "", "dev", "ops"] });
    expect(reader).toEqual({ name: "ada", groups: ["ops", "dev"], isAuditor: false, isOperator: false, expiresAt });
  });

  it("may have no name and no groups", async () => {
    expect(await readerBy({})).toEqual({ name: undefined, groups: [], isAuditor: false, isOperator: false, expiresAt });
  });

  it.each([null, 7, ["ada"], { name: "ada" }])("is nobody when sub is %j", async (sub) => {
    expect(await refusalBy({ sub })).toMatchObject({ code: "unauthenticated", headers: { "WWW-Authenticate": BAD } });
  });

  it.each([null, "ops", 7, true, {}, { 0: "ops" }, ["ops", 7], ["ops", null], [["ops"]]])(
    "is nobody when groups is %j",
    async (groups) => {
      const refusal = await refusalBy({ groups });
      expect(refusal).toMatchObject({ code: "unauthenticated", headers: { "WWW-Authenticate": BAD } });
    },
  );

  it("has the groups of the claim that GROUPS_CLAIM names, dots, slashes and all", async () => {
    const claims = { groups: ["no"], "https://x/groups": ["ops"], realm: { roles: ["no"] }, "realm.roles": ["dev"] };
    expect(await readerBy(claims, { GROUPS_CLAIM: "https://x/groups" })).toMatchObject({ groups: ["ops"] });
    expect(await readerBy(claims, { GROUPS_CLAIM: "realm.roles" })).toMatchObject({ groups: ["dev"] });
    expect(await readerBy(claims, { GROUPS_CLAIM: "roles" })).toMatchObject({ groups: [] });
  });

  it.each(["constructor", "__proto__", "toString"])("is not given groups by the language: %s", async (GROUPS_CLAIM) => {
    expect(await readerBy({}, { GROUPS_CLAIM })).toMatchObject({ groups: [] });
  });

  it("is an auditor in any of AUDITOR_GROUPS, and by no likeness", async () => {
    const variables = { AUDITOR_GROUPS: "audit, security,," };
    expect(await readerBy({ groups: ["ops", "security"] }, variables)).toMatchObject({ isAuditor: true });
    for (const groups of [[], [""], ["Audit"], ["audit, security"], [" audit"]]) {
      expect(await readerBy({ groups }, variables)).toMatchObject({ isAuditor: false });
    }
    expect(await readerBy({ groups: ["", "audit"] })).toMatchObject({ isAuditor: false });
  });

  it("is an operator in any of OPERATOR_GROUPS, and no auditor by that", async () => {
    const variables = { AUDITOR_GROUPS: "audit", OPERATOR_GROUPS: "platform, on-call,," };
    const operator = { isOperator: true, isAuditor: false };
    expect(await readerBy({ groups: ["ops", "on-call"] }, variables)).toMatchObject(operator);
    for (const groups of [[], [""], ["Platform"], ["platform, on-call"], [" platform"], ["audit"]]) {
      expect(await readerBy({ groups }, variables)).toMatchObject({ isOperator: false });
    }
    expect(await readerBy({ groups: ["", "platform"] })).toMatchObject({ isOperator: false });
  });
});

describe("the times of a token", () => {
  it.each([
    ["exp", -29],
    ["nbf", 30],
  ])("allows for 30 seconds of skew: %s at %d", async (claim, seconds) => {
    await expect(readerBy({ [claim]: NOW_SECONDS + seconds })).resolves.toBeDefined();
  });

  it.each([
    ["exp", -30],
    ["nbf", 31],
  ])("allows for no more than that: %s at %d", async (claim, seconds) => {
    const refusal = await refusalBy({ [claim]: NOW_SECONDS + seconds });
    expect(refusal).toMatchObject({ code: "unauthenticated", headers: { "WWW-Authenticate": BAD } });
  });

  it.each([undefined, null, "1800000300", [NOW_SECONDS + 300]])("refuses the exp %j", async (exp) => {
    const refusal = await refusalBy({ exp });
    expect(refusal).toMatchObject({ code: "unauthenticated", message: expect.stringContaining("exp") });
  });
});

describe("the issuer and the audience", () => {
  const configured = { JWT_ISSUER: "https://issuer.example", JWT_AUDIENCE: "tidings" };
  const right = { iss: "https://issuer.example", aud: "tidings" };

  it("are not looked at unless they are configured", async () => {
    await expect(readerBy({ iss: "https://anybody.example", aud: "anything" })).resolves.toBeDefined();
  });

  it("are accepted when right, also as one audience of several", async () => {
    await expect(readerBy(right, configured)).resolves.toBeDefined();
    await expect(readerBy({ ...right, aud: ["other", "tidings"] }, configured)).resolves.toBeDefined();
  });

  it.each([
    { iss: undefined },
    { iss: "https://issuer.example/" },
    { iss: ["https://issuer.example"] },
    { aud: undefined },
    { aud: "other" },
    { aud: [] },
    { aud: { tidings: true } },
  ])("are refused when wrong: %j", async (wrong) => {
    const refusal = await refusalBy({ ...right, ...wrong }, configured);
    expect(refusal).toMatchObject({ code: "unauthenticated", headers: { "WWW-Authenticate": BAD } });
  });
});

describe("a token by JWT_SECRET", () => {
  it("is checked with the secret's UTF-8 bytes", async () => {
    const JWT_SECRET = "ein Schlüssel mit Umlauten, äöü ß €";
    await expect(read(await signedBySecret({}, JWT_SECRET), { JWT_SECRET })).resolves.toBeDefined();
  });

  it("is refused once the secret has changed", async () => {
    const token = await signedBySecret({});
    await expect(read(token)).resolves.toBeDefined();
    const refusal = await refusalOf(() => read(token, { JWT_SECRET: `${SECRET}-rotated` }));
    expect(refusal).toMatchObject({ code: "unauthenticated", message: "The token's signature is wrong." });
  });

  it.each(["HS384", "HS512"])("is refused by %s, though the secret is right", async (algorithm) => {
    const token = await signedBySecret({}, SECRET, algorithm);
    expect(await refusalOf(() => read(token))).toMatchObject({ code: "unauthenticated" });
  });

  it.each([
    ["a text that is no token", "hello"],
    ["two parts", "a.b"],
    ["five parts, as of an encrypted one", "a.b.c.d.e"],
    ["three empty parts", ".."],
    ["parts that are not base64url", "!.!.!"],
    ["no algorithm", forged({})],
    ["the algorithm none", forged({ alg: "none" })],
    ["the algorithm NONE", forged({ alg: "NONE" })],
    ["an algorithm that is no text", forged({ alg: ["HS256"] })],
    ["an algorithm named like a property", forged({ alg: "constructor" })],
    ["a header that is no object", forged(["HS256"])],
    ["no signature", forged({ alg: "HS256" })],
    ["a signature that is not its own", forged({ alg: "HS256" }, { sub: "root" }, "x".repeat(32))],
    ["an extension that must be understood", forged({ alg: "HS256", crit: ["exp"], exp: NOW_SECONDS })],
  ])("is refused with %s", async (_, token) => {
    const refusal = await refusalOf(() => read(token));
    expect(refusal).toMatchObject({ code: "unauthenticated", headers: { "WWW-Authenticate": BAD } });
    expect(JSON.stringify(refusal)).not.toContain(token);
  });

  it("is refused when its claims were exchanged under a good signature", async () => {
    const [header, , signature] = (await signedBySecret({ sub: "ada" })).split(".");
    const [, claims] = (await signedBySecret({ sub: "root" })).split(".");
    expect(await refusalOf(() => read(`${header}.${claims}.${signature}`))).toMatchObject({ code: "unauthenticated" });
  });
});

describe("a configuration that can't be right", () => {
  it("names JWT_SECRET when there is nothing to verify with", async () => {
    const refusal = await refusalBy({}, { JWT_SECRET: "", JWKS_URL: "" });
    expect(refusal).toMatchObject({ code: "misconfigured", message: expect.stringContaining("JWT_SECRET") });
  });

  it("names a JWT_SECRET under 32 bytes and keeps its value to itself", async () => {
    const JWT_SECRET = "thirty-one-bytes-of-a-secret-ab";
    const token = await signedBySecret({}, JWT_SECRET);
    const refusal = await refusalOf(() => read(token, { JWT_SECRET }));
    expect(refusal).toMatchObject({ code: "misconfigured", message: expect.stringContaining("JWT_SECRET") });
    expect(JSON.stringify(refusal)).not.toContain(JWT_SECRET);
  });
});
