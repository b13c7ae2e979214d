import { describe, expect, it } from "vitest";
import { authenticateProducer } from "../../src/auth/producer-token.ts";
import { configWith, refusalOf, requestWith } from "./factories.ts";

const context = { config: configWith({ INTERNAL_TOKEN: "new-token, old-token" }) };
const BAD = expect.stringMatching(/^Bearer realm="tidings", error="invalid_token", error_description="[ !#-[\]-~]+"$/);

const producer = (authorization: string) =>
  authenticateProducer(requestWith({ Authorization: authorization }), context);

describe("requireProducer", () => {
  it.each(["Bearer new-token", "bearer old-token"])("accepts each token while they are rotated: %s", async (sent) => {
    await expect(producer(sent)).resolves.toBeUndefined();
  });

  it("refuses the old token once it is gone from the variable", async () => {
    const rotated = { config: configWith({ INTERNAL_TOKEN: "new-token" }) };
    const request = requestWith({ Authorization: "Bearer old-token" });
    expect(await refusalOf(() => authenticateProducer(request, rotated))).toMatchObject({ code: "unauthenticated" });
  });

  it.each([
    "Bearer other-token",
    "Bearer new-toke",
    "Bearer new-token-",
    "Bearer NEW-TOKEN",
    "Bearer new-token,old-token",
    "Bearer new-token, old-token",
    "Bearer ,",
    "Bearer",
    "Basic new-token",
    "new-token",
    "",
  ])("refuses %j", async (sent) => {
    const refusal = await refusalOf(() => producer(sent));
    expect(refusal).toMatchObject({ code: "unauthenticated", headers: { "WWW-Authenticate": BAD } });
  });

  it.each([{}, { "X-Escape-Token": "new-token" }, { Cookie: "X-Escape-Token=new-token" }])(
    "takes a producer's token from Authorization only, not from %j",
    async (headers) => {
      const refusal = await refusalOf(() => authenticateProducer(requestWith(headers), context));
      expect(refusal).toMatchObject({
        code: "unauthenticated",
        headers: { "WWW-Authenticate": 'Bearer realm="tidings"' },
      });
    },
  );

  it.each([undefined, "", " , "])("names the variable when it is %j", async (INTERNAL_TOKEN) => {
    const unset = { config: configWith(INTERNAL_TOKEN === undefined ? {} : { INTERNAL_TOKEN }) };
    const request = requestWith({ Authorization: "Bearer undefined" });
    const refusal = await refusalOf(() => authenticateProducer(request, unset));
    expect(refusal).toMatchObject({ code: "misconfigured", message: expect.stringContaining("INTERNAL_TOKEN") });
  });
});
