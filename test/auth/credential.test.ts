import { describe, expect, it } from "vitest";
import { findCredential } from "../../src/auth/credential.ts";
import { requestWith } from "./factories.ts";

const find = (headers: Record<string, string>) => findCredential(requestWith(headers));

describe("findCredential", () => {
  it("finds nothing where there is nothing", () => {
    expect(find({})).toBeUndefined();
    expect(find({ Cookie: "theme=dark; x-escape-token=other-case" })).toBeUndefined();
  });

  it("finds a token in each of the three places", () => {
    expect(find({ Authorization: "Bearer a.b.c" })).toEqual({ source: "authorization", token: "a.b.c" });
    expect(find({ "x-escape-token": "a.b.c" })).toEqual({ source: "header", token: "a.b.c" });
    expect(find({ Cookie: "theme=dark; X-Escape-Token=a.b.c" })).toEqual({ source: "cookie", token: "a.b.c" });
  });

  it("prefers Authorization to the header, and the header to the cookie", () => {
    const header = { "X-Escape-Token": "from-header" };
    const cookie = { Cookie: "X-Escape-Token=from-cookie" };
    expect(find({ Authorization: "Bearer first", ...header, ...cookie })).toMatchObject({ token: "first" });
    expect(find({ ...header, ...cookie })).toMatchObject({ token: "from-header" });
  });

  it.each(["bearer a.b.c", "BEARER a.b.c", "Bearer   a.b.c"])("reads %j as a bearer token", (authorization) => {
    expect(find({ Authorization: authorization })).toMatchObject({ token: "a.b.c" });
  });

  it.each(["", "Bearer", "Bearer ", "a.b.c", "Basic dTpw", "Bearera.b.c", "Bearer a, Bearer b", "Bearer a b"])(
    "does not look further when Authorization is %j",
    (authorization) => {
      const headers = { Authorization: authorization, "X-Escape-Token": "good", Cookie: "X-Escape-Token=good" };
      expect(find(headers)).toEqual({ source: "authorization", token: undefined });
    },
  );

  it("does not look further when the header or the cookie is empty", () => {
    expect(find({ "X-Escape-Token": "", Cookie: "X-Escape-Token=good" })).toEqual({ source: "header" });
    expect(find({ Cookie: "X-Escape-Token=; X-Escape-Token=good" })).toEqual({ source: "cookie" });
  });
});
