import { describe, expect, it } from "vitest";
import { findCredential } from "../../src/auth/credential.ts";
import { requestWith } from "./factories.ts";

const find = (headers: Record<string, string>) => findCredential(requestWith(headers));

describe("findCredential", () => {
  it("finds nothing in a request without a credential", () => {
    expect(find({})).toBeUndefined();
    expect(find({ Cookie: "theme=dark; x-escape-token=other-case" })).toBeUndefined();
  });

  it("finds a token in each of the three places", () => {
    expect(find({ Authorization: "Bearer a.b.c" })).toEqual({ source: "authorization", tokens: ["a.b.c"] });
    expect(find({ "x-escape-token": "a.b.c" })).toEqual({ source: "header", tokens: ["a.b.c"] });
    expect(find({ Cookie: "theme=dark; X-Escape-Token=a.b.c" })).toEqual({ source: "cookie", tokens: ["a.b.c"] });
  });

  it("prefers Authorization to the header, and the header to the cookie", () => {
    const header = { "X-Escape-Token": "from-header" };
    const cookie = { Cookie: "X-Escape-Token=from-cookie" };
    expect(find({ Authorization: "Bearer first", ...header, ...cookie })).toMatchObject({ tokens: ["first"] });
    expect(find({ ...header, ...cookie })).toMatchObject({ tokens: ["from-header"] });
  });

  it.each(["bearer a.b.c", "BEARER a.b.c", "Bearer   a.b.c"])("reads %j as a bearer token", (authorization) => {
    expect(find({ Authorization: authorization })).toMatchObject({ tokens: ["a.b.c"] });
  });

  it.each(["", "Bearer", "Bearer ", "a.b.c", "Basic dTpw", "Bearera.b.c", "Bearer a, Bearer b", "Bearer a b"])(
    "does not look further when Authorization is %j",
    (authorization) => {
      const headers = { Authorization: authorization, "X-Escape-Token": "good", Cookie: "X-Escape-Token=good" };
      expect(find(headers)).toEqual({ source: "authorization", tokens: [] });
    },
  );

  it("does not look further when the header is empty", () => {
    expect(find({ "X-Escape-Token": "", Cookie: "X-Escape-Token=good" })).toEqual({ source: "header", tokens: [] });
  });

  it("finds every cookie of the name, in the order in which they came, each once", () => {
    const Cookie = "X-Escape-Token=a; theme=dark;X-Escape-Token=;X-Escape-Token=b; X-Escape-Token=a; x-escape-token=c";
    expect(find({ Cookie })).toEqual({ source: "cookie", tokens: ["a", "b"] });
    expect(find({ Cookie: "X-Escape-Token=" })).toEqual({ source: "cookie", tokens: [] });
  });

  it("does not look at more cookies than a browser would send", () => {
    const Cookie = Array.from({ length: 5_000 }, (_, number) => `X-Escape-Token=${number}`).join("; ");
    expect(find({ Cookie })?.tokens).toHaveLength(20);
  });
});
