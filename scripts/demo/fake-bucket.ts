import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { Event } from "../../src/schemas/event.ts";
import { listen, type Listener } from "../../test/kit/listener.ts";

export const BUCKET_KEYS = { access_key_id: "AKIDEMO", secret_access_key: "demo-secret" };

/** Stores objects as an S3-compatible store does. */
export interface FakeBucket extends Listener {
  endpoint: string;
  /** The events in each object, by the object's name. */
  objects: Map<string, Event[]>;
  faults: string[];
}

export async function startFakeBucket(): Promise<FakeBucket> {
  const objects = new Map<string, Event[]>();
  const faults: string[] = [];
  const listener = await listen((name, headers, _body, bytes) => {
    const fault = uploadFault(headers, bytes);
    if (fault !== undefined) {
      faults.push(`The bucket refused the object ${name}: ${fault}.`);
      return { status: 400, text: `<Error><Code>InvalidRequest</Code></Error>` };
    }
    const lines = gunzipSync(bytes).toString("utf8").trimEnd().split("\n");
    objects.set(
      name,
      lines.map((line) => JSON.parse(line) as Event),
    ); // the demo compares them with the served events
    return { status: 200, text: "" };
  });
  return { ...listener, endpoint: listener.urlFor(""), objects, faults };
}

/** Amazon S3 refuses an object whose digests are not those of its bytes. */
function uploadFault(headers: Record<string, string>, bytes: Buffer): string | undefined {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (headers["x-amz-content-sha256"] !== sha256) return "x-amz-content-sha256 is not the digest of the body";
  if (headers["content-md5"] !== createHash("md5").update(bytes).digest("base64")) return "content-md5 is wrong";
  if (headers["content-type"] !== "application/x-ndjson") return "the content type is wrong";
  if (headers["content-encoding"] !== "gzip") return "the content encoding is wrong";
  const credential = `AWS4-HMAC-SHA256 Credential=${BUCKET_KEYS.access_key_id}/`;
  return headers["authorization"]?.startsWith(credential) ? undefined : "the request is not signed";
}
