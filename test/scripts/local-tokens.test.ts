import { describe, expect, it } from "vitest";
import { newDevVars, producerToken } from "../../scripts/dev-vars.ts";
import { formatGettingStarted } from "../../scripts/getting-started.ts";
import { signReaderToken } from "../../scripts/reader-token.ts";
import { authenticateProducer } from "../../src/auth/producer-token.ts";
import { authenticateReader } from "../../src/auth/reader-token.ts";
import { configWith, contextWith, requestWith, SECRET } from "../auth/factories.ts";

const ADA = { user: "ada", groups: ["ops"] };
const KEYS = "https://issuer.example/keys";

async function readerOf(variables: Partial<Env>) {
  const token = await signReaderToken(variables, ADA);
  const context = { ...contextWith(variables), now: () => Date.now() };
  return (await authenticateReader(requestWith({ Authorization: `Bearer ${token}` }), context)).reader;
}

describe("a token that is made for the local service", () => {
  it.each<Partial<Env>>([
    {},
    { JWT_AUDIENCE: "tidings,other" },
    { JWT_AUDIENCE: " , tidings ,", JWT_ISSUER: "https://issuer.example, " },
    { JWT_ISSUER: ",https://one.example,https://two.example" },
    { JWT_AUDIENCE: ",", JWT_ISSUER: " " },
    { GROUPS_CLAIM: "https://tidings.example/groups" },
    { GROUPS_CLAIM: "" },
    { JWKS_URL: KEYS },
  ])("is accepted by it with %j", async (variables) => {
    expect(await readerOf({ JWT_SECRET: SECRET, ...variables })).toMatchObject({ name: "ada", groups: ["ops"] });
  });

  it.each(["one", " , one ,two", "one,"])("is a producer's where INTERNAL_TOKEN is %j", async (INTERNAL_TOKEN) => {
    const request = requestWith({ Authorization: `Bearer ${producerToken({ INTERNAL_TOKEN })}` });
    await expect(authenticateProducer(request, { config: configWith({ INTERNAL_TOKEN }) })).resolves.toBeUndefined();
  });

  it("is not made without JWT_SECRET, and the refusal says where tokens come from", async () => {
    const variables = {
      JWKS_URL: KEYS,
      JWT_ISSUER: "https://issuer.example",
      JWT_AUDIENCE: "tidings,",
      GROUPS_CLAIM: "roles",
    };
    const refused = expect(signReaderToken(variables, ADA)).rejects;
    await refused.toThrow(KEYS);
    await refused.toThrow("iss https://issuer.example, aud tidings, exp");
    await refused.toThrow("roles (an array of the reader's groups)");
  });

  it.each([{}, { JWT_SECRET: "short" }, { JWKS_URL: "http://issuer.example/keys" }])(
    "is not made with %j, and the refusal names the variable",
    async (variables) => {
      const [name = "JWT_SECRET"] = Object.keys(variables);
      await expect(signReaderToken(variables, ADA)).rejects.toThrow(`The variable ${name} must be`);
    },
  );
});

describe("the variables that the first npm start writes", () => {
  it("are valid, with new secrets each time, and a log of this machine", () => {
    const [one, other] = [configWith(newDevVars()), configWith(newDevVars())];
    one.requireValid();
    expect(one.jwtSecret).not.toBe(other.jwtSecret);
    expect(one.logKey?.verifier).toMatchObject({ name: "localhost/log" });
    expect(one.logKey?.verifier.publicKey).not.toEqual(other.logKey?.verifier.publicKey);
  });
});

describe("what npm start prints", () => {
  const printed = (variables: Partial<Env>) => formatGettingStarted("http://localhost:8787", variables, "ada");

  it("has both tokens", async () => {
    const text = await printed({ JWT_SECRET: SECRET, INTERNAL_TOKEN: "one,two" });
    expect(text).toMatch(/^READER='[\w-]+\.[\w-]+\.[\w-]+'$/m);
    expect(text).toMatch(/^PRODUCER='one'$/m);
  });

  it("says where readers' tokens come from when it cannot make one, and still has the calls", async () => {
    const text = await printed({ JWKS_URL: KEYS, INTERNAL_TOKEN: "one" });
    expect(text).toContain(`Readers' tokens come from the issuer whose keys are at JWKS_URL (${KEYS})`);
    expect(text).toMatch(/^READER=''$/m);
    expect(text).toContain("/api/v1/events/query/");
  });

  it("names what is missing", async () => {
    expect(await printed({ JWT_SECRET: SECRET })).toContain(
      "The variable INTERNAL_TOKEN must hold at least one token.",
    );
  });
});
