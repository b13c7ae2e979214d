import { AwsV4Signer } from "aws4fetch";
import { md5, sha256 } from "../../lib/crypto.ts";
import { formatIso } from "../../lib/time.ts";
import type { DestinationOf } from "../../schemas/stream-destinations.ts";
import { USER_AGENT } from "../message.ts";
import {
  outcomeByStatus,
  type StreamBatch,
  type StreamOutcome,
  type StreamRequest,
  type StreamResponse,
} from "./stream-batch.ts";

type S3Destination = DestinationOf<"s3">;

/**
 * Amazon S3 API Reference, "PutObject", "Authenticating Requests (AWS Signature Version 4)"; path style. `body` is
 * compressed.
 */
export async function s3Request(
  destination: S3Destination,
  key: string,
  body: Uint8Array<ArrayBuffer>,
  nowMs: number,
): Promise<StreamRequest> {
  const headers = {
    "content-type": "application/x-ndjson",
    "content-encoding": "gzip",
    "content-md5": md5(body, "base64"), // a bucket with Object Lock refuses objects without it
    "x-amz-content-sha256": sha256(body, "hex"), // with it, the signature covers the body
  };
  const signer = new AwsV4Signer({
    url: objectUrl(destination, key),
    method: "PUT",
    headers,
    allHeaders: true, // S3 wants the signature to cover Content-Type
    body,
    service: "s3",
    region: destination.region,
    accessKeyId: destination.access_key_id,
    secretAccessKey: destination.secret_access_key,
    datetime: formatIso(nowMs).replace(/[:-]|\.\d{3}/g, ""),
  });
  const signed = await signer.sign();
  return {
    url: signed.url.href,
    method: "PUT",
    headers: { ...Object.fromEntries(signed.headers), "user-agent": USER_AGENT },
    body,
  };
}

/** An ID has at most 16 digits, so the names within an hour sort in the order of the events. */
export function objectKey(streamId: string, { firstId, lastId, firstRecordedAt }: StreamBatch, prefix = ""): string {
  const [date = "", hour = ""] = firstRecordedAt.split(/[T:]/);
  const folder = `${streamId}/${date.replaceAll("-", "/")}/${hour}`;
  const name = `${paddedId(firstId)}-${paddedId(lastId)}.ndjson.gz`;
  return [...prefix.split("/"), folder, name].filter((segment) => segment !== "").join("/");
}

function paddedId(id: number): string {
  return String(id).padStart(16, "0");
}

function objectUrl({ endpoint, bucket }: S3Destination, key: string): string {
  const path = [bucket, ...key.split("/")].map(encodeSegment).join("/");
  return `${endpoint.replace(/\/+$/, "")}/${path}`;
}

/** The signature covers a path in which all characters are encoded except the unreserved ones (RFC 3986 §2.3). */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Amazon S3 API Reference, "Error responses", in our words. */
const WORDS: Record<string, string> = {
  AccessDenied: "the access key may not write here",
  AuthorizationHeaderMalformed: "the region is wrong",
  InvalidAccessKeyId: "the access key is not known",
  NoSuchBucket: "there is no such bucket",
  PermanentRedirect: "the bucket has another endpoint",
  RequestTimeTooSkewed: "the clocks differ too much",
  SignatureDoesNotMatch: "the secret of the access key is wrong",
  SlowDown: "there are too many requests",
};

/** The code of an error, in XML. */
const CODE = /<Code>([A-Z][A-Za-z]{1,60})<\/Code>/;

/** S3 has two errors with the status 400 that do not mean that the request was wrong. */
export function classifyS3(response: StreamResponse, nowMs: number): StreamOutcome {
  const code = CODE.exec(response.body)?.[1];
  const words = code && (WORDS[code] === undefined ? code : `${code}, ${WORDS[code]}`);
  const outcome = outcomeByStatus(response, nowMs, words);
  if (outcome.kind !== "refused") return outcome;
  if (code === "EntityTooLarge") return { kind: "too_large", reason: outcome.reason };
  if (code === "RequestTimeout") return { kind: "retry", reason: outcome.reason };
  return outcome;
}
