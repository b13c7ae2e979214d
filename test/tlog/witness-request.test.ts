import { describe, expect, it } from "vitest";
import { fromBase64 } from "../../src/tlog/base64.ts";
import { formatWitnessRequest, readWitnessResponse } from "../../src/tlog/witness-request.ts";

// C2SP tlog-witness, "add-checkpoint".
const REQUEST = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`;
const RESPONSE = `— witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==
— witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==
— witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==
`;

const SIGNATURES = "text/plain";
const SIZE = "text/x.tlog.size";

describe("the request to a witness", () => {
  it("is the specification's example", () => {
    const [head = "", ...rest] = REQUEST.split("\n\n");
    const [, ...lines] = head.split("\n");
    const proof = lines.map(fromBase64).filter((hash) => hash !== undefined);
    expect(proof).toHaveLength(4);
    expect(formatWitnessRequest({ oldSize: 20852014, proof, checkpoint: rest.join("\n\n") })).toBe(REQUEST);
  });

  it("has no line of a proof from the empty tree, but the empty line", () => {
    expect(formatWitnessRequest({ oldSize: 0, proof: [], checkpoint: "a\n1\nb\n\n— a c\n" })).toBe(
      "old 0\n\na\n1\nb\n\n— a c\n",
    );
  });

  it("never has more than 63 lines of proof", () => {
    const proof = Array.from({ length: 64 }, () => new Uint8Array(32));
    const request = { oldSize: 1, checkpoint: "" };
    expect(formatWitnessRequest({ ...request, proof: proof.slice(1) }).split("\n")).toHaveLength(1 + 63 + 2);
    expect(() => formatWitnessRequest({ ...request, proof })).toThrow("at most 63 hashes");
  });
});

describe("a witness's response", () => {
  it("is the specification's example: cosignatures of several keys", () => {
    const answer = readWitnessResponse({ status: 200, contentType: SIGNATURES, body: RESPONSE });
    expect(answer).toMatchObject({
      kind: "cosigned",
      signatures: [{ name: "witness.example/w1" }, { name: "witness.example/w1" }, { name: "witness.example/w2" }],
    });
  });

  it("may hold an ML-DSA-44 cosignature, which is long, and is no fault", () => {
    const long = `— witness.example/w1 ${new Uint8Array(4 + 8 + 2420).fill(7).toBase64()}\n`;
    const answer = readWitnessResponse({ status: 200, contentType: SIGNATURES, body: long + RESPONSE });
    expect(answer).toMatchObject({ kind: "cosigned", signatures: { length: 4 } });
  });

  it.each([
    ["nothing", ""],
    ["a page", "<html></html>\n"],
    ["a line that breaks off", RESPONSE.slice(0, -1)],
    ["a line of something else between", `${RESPONSE}\n${RESPONSE}`],
  ])("of 200 with %s is refused", (_what, body) => {
    const answer = readWitnessResponse({ status: 200, contentType: SIGNATURES, body });
    expect(answer).toEqual({ kind: "refused", reason: "the response is not made of signature lines" });
  });

  it.each([
    [SIZE, "0\n", 0],
    [SIZE, "20852014\n", 20852014],
    ["Text/X.Tlog.Size; charset=utf-8", "7\n", 7],
  ])("of 409 as %s with %j says which tree it has", (contentType, body, size) => {
    expect(readWitnessResponse({ status: 409, contentType, body })).toEqual({ kind: "conflict", size });
  });

  it.each([
    [SIZE, ""],
    [SIZE, "20852014"],
    [SIZE, "020\n"],
    [SIZE, "-1\n"],
    [SIZE, "1e3\n"],
    [SIZE, "99999999999999999999\n"],
    [SIZE, "1\n2\n"],
    ["text/plain", "20852014\n"],
    [null, "20852014\n"],
  ])("of 409 as %s with %j is refused", (contentType, body) => {
    const reason = "the conflict does not say which size it is with";
    expect(readWitnessResponse({ status: 409, contentType, body })).toEqual({ kind: "refused", reason });
  });

  it.each([
    [400, "malformed"],
    [403, "accepts none of the checkpoint's signatures"],
    [404, "does not know this log"],
    [422, "does not extend"],
    [500, "the status is 500"],
    [302, "the status is 302"],
    [204, "the status is 204"],
  ])("of %i is refused with a reason for people", (status, reason) => {
    const answer = readWitnessResponse({ status, contentType: SIGNATURES, body: RESPONSE });
    expect(answer).toEqual({ kind: "refused", reason: expect.stringContaining(reason) });
  });
});
