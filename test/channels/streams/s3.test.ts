import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { objectKey } from "../../../src/channels/streams/s3.ts";
import { aBatch, anS3Target, aStreamedEvent, exchanged, NOW } from "./batches.ts";

async function outcomeOf(status: number, code?: string) {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>hidden</Message></Error>`;
  const response = new Response(code === undefined ? "" : xml, { status });
  return (await exchanged(anS3Target(), { response })).report.outcome;
}

describe("a batch to S3", () => {
  it("is a PUT of compressed lines, named by the stream, the hour and the IDs", async () => {
    const batch = aBatch(aStreamedEvent(7, '{"data": {"n": 9007199254740993.10}}'), aStreamedEvent(1042));
    const { request, body, report } = await exchanged(anS3Target({ prefix: "tidings/prod" }), { batch });
    expect(report.outcome).toEqual({ kind: "arrived" });
    expect([request.method, request.url]).toEqual([
      "PUT",
      "https://s3.eu-central-1.amazonaws.com/audit-trail/tidings/prod/3/2025/11/23/01/0000000000000007-0000000000001042.ndjson.gz",
    ]);
    const bytes = Buffer.from(await request.arrayBuffer());
    expect(Object.fromEntries(request.headers)).toEqual({
      "content-type": "application/x-ndjson",
      "content-encoding": "gzip",
      "user-agent": "Tidings/1.0",
      "content-md5": createHash("md5").update(bytes).digest("base64"),
      "x-amz-content-sha256": createHash("sha256").update(bytes).digest("hex"),
      "x-amz-date": "20251123T010005Z",
      authorization: expect.stringMatching(
        "^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20251123/eu-central-1/s3/aws4_request, " +
          "SignedHeaders=content-encoding;content-md5;content-type;host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$",
      ),
    });
    expect(body).toBe(batch.events.map(({ json }) => `${json}\n`).join(""));
  });

  it("overwrites itself if it is sent again: the name and the bytes are the same", async () => {
    const [one, again] = [
      await exchanged(anS3Target()),
      await exchanged(anS3Target(), { now: () => NOW + 86_400_000 }),
    ];
    expect(again.request.url).toBe(one.request.url);
    expect(Buffer.from(await again.request.arrayBuffer())).toEqual(Buffer.from(await one.request.arrayBuffer()));
    expect(again.request.headers.get("x-amz-date")).toBe("20251124T010005Z");
  });
});

describe("the name of an object", () => {
  it.each([
    [undefined, "3/2025/11/23/01/"],
    ["", "3/2025/11/23/01/"],
    ["/audit/", "audit/3/2025/11/23/01/"],
    ["a//b", "a/b/3/2025/11/23/01/"],
  ])("with the prefix %j", (prefix, folder) => {
    expect(objectKey("3", aBatch(), prefix)).toBe(`${folder}0000000000000007-0000000000000009.ndjson.gz`);
  });

  it("sorts as the events do, in each hour", () => {
    const ids = [0, 1, 9, 10, 999, 1_000_000, Number.MAX_SAFE_INTEGER];
    const keys = ids.map((id) => objectKey("3", aBatch(aStreamedEvent(id))));
    expect(keys.toSorted()).toEqual(keys);
  });
});

describe("a response of S3", () => {
  it.each([
    [200, undefined, { kind: "arrived" }],
    [
      301,
      "PermanentRedirect",
      {
        kind: "retry",
        reason: "responded with 301: PermanentRedirect, the bucket has another endpoint: redirects are not followed",
      },
    ],
    [
      307,
      "TemporaryRedirect",
      { kind: "retry", reason: "responded with 307: TemporaryRedirect: redirects are not followed" },
    ],
    [
      400,
      "AuthorizationHeaderMalformed",
      { kind: "refused", reason: "responded with 400: AuthorizationHeaderMalformed, the region is wrong" },
    ],
    [400, "EntityTooLarge", { kind: "too_large", reason: "responded with 400: EntityTooLarge" }],
    [400, "RequestTimeout", { kind: "retry", reason: "responded with 400: RequestTimeout" }],
    [400, undefined, { kind: "refused", reason: "responded with 400" }],
    [
      403,
      "AccessDenied",
      { kind: "retry", reason: "responded with 403: AccessDenied, the access key may not write here" },
    ],
    [
      403,
      "SignatureDoesNotMatch",
      { kind: "retry", reason: "responded with 403: SignatureDoesNotMatch, the secret of the access key is wrong" },
    ],
    [404, "NoSuchBucket", { kind: "retry", reason: "responded with 404: NoSuchBucket, there is no such bucket" }],
    [503, "SlowDown", { kind: "retry", reason: "responded with 503: SlowDown, there are too many requests" }],
    [403, "AKIAIOSFODNN7EXAMPLE hidden", { kind: "retry", reason: "responded with 403" }],
  ])("with the status %i and the code %s", async (status, code, outcome) => {
    expect(await outcomeOf(status, code)).toEqual(outcome);
  });
});
