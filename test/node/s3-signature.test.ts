import { Buffer } from "node:buffer";
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { objectKey } from "../../src/channels/streams/s3.ts";
import { NEW_DESTINATIONS } from "../../src/schemas/stream-destinations.ts";
import { aBatch, anS3Target, exchanged, NOW } from "../channels/streams/batches.ts";

type SourceData = string | ArrayBuffer | ArrayBufferView;

function toBytes(data: SourceData): Uint8Array {
  if (typeof data === "string") return Buffer.from(data, "utf8");
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The hash that the library needs. */
class Sha256 {
  #hash: Hash | Hmac;
  readonly #secret: Uint8Array | undefined;

  constructor(secret?: SourceData) {
    this.#secret = secret === undefined ? undefined : toBytes(secret);
    this.#hash = this.#start();
  }
  update(data: SourceData): void {
    this.#hash.update(toBytes(data));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    this.#hash = this.#start();
  }
  #start(): Hash | Hmac {
    return this.#secret === undefined ? createHash("sha256") : createHmac("sha256", this.#secret);
  }
}

type S3Destination = ReturnType<typeof anS3Target>["destination"];

/** The `Authorization` that the library of the AWS SDK calculates for a request, with the headers that were signed. */
async function expectedAuthorization(request: Request, destination: S3Destination): Promise<string | undefined> {
  const { access_key_id, secret_access_key, region } = destination;
  const signer = new SignatureV4({
    service: "s3",
    region,
    credentials: { accessKeyId: access_key_id, secretAccessKey: secret_access_key },
    sha256: Sha256,
    uriEscapePath: false, // S3 encodes a path once
  });
  const { protocol, hostname, host, pathname } = new URL(request.url);
  const signedNames = /SignedHeaders=([^,]+)/.exec(request.headers.get("authorization") ?? "")?.[1]?.split(";") ?? [];
  const headers = Object.fromEntries(
    signedNames.map((name) => [name, name === "host" ? host : (request.headers.get(name) ?? "")]),
  );
  const message = {
    method: request.method,
    protocol,
    hostname,
    path: canonicalPath(pathname),
    headers,
    body: undefined,
  };
  const signed = await signer.sign(message, { signingDate: new Date(NOW) });
  return signed.headers["authorization"];
}

/** Amazon S3 API Reference, "Signature calculations", "UriEncode": the server decodes the path, and encodes it again. */
function canonicalPath(pathname: string): string {
  const bytes = Buffer.from(decodeURIComponent(pathname), "utf8");
  return [...bytes]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9\-._~/]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

describe("a batch to S3", () => {
  it.each([
    {},
    { region: "auto", endpoint: "https://account.r2.cloudflarestorage.com" },
    { endpoint: "https://storage.example.com:9000/path/s3/" },
    { bucket: "a..b_C", secret_access_key: "~!@#$%^&*()_+=" },
  ])("has a signature that the library of the AWS SDK calculates too: %j", async (settings) => {
    const { destination, ...target } = anS3Target(settings);
    const { request } = await exchanged({ ...target, destination });
    expect(request.headers.get("authorization")).toBe(await expectedAuthorization(request, destination));
    const other = { ...destination, secret_access_key: "another" };
    expect(request.headers.get("authorization")).not.toBe(await expectedAuthorization(request, other));
  });

  it("has a right signature and the right name, whatever the prefix is", async () => {
    const escapes = fc.constantFrom(..."/ % 2 F . + ~ * ' ( ) ! & = ? # : @ é 語".split(" "), " ");
    const anyPrefix = fc
      .oneof(fc.string({ unit: "binary", maxLength: 20 }), fc.string({ unit: escapes, maxLength: 20 }))
      .filter((prefix) => NEW_DESTINATIONS.s3.shape.prefix.safeParse(prefix).success);
    await fc.assert(
      fc.asyncProperty(anyPrefix, async (prefix) => {
        const target = anS3Target({ prefix });
        const { request } = await exchanged(target);
        expect(request.headers.get("authorization")).toBe(await expectedAuthorization(request, target.destination));
        const key = decodeURIComponent(new URL(request.url).pathname).slice("/audit-trail/".length);
        expect(key).toBe(objectKey("3", aBatch(), prefix));
        expect(
          key.startsWith(
            prefix
              .split("/")
              .filter((segment) => segment !== "")
              .join("/"),
          ),
        ).toBe(true);
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024); // Amazon S3 User Guide, "Naming objects"
      }),
      { numRuns: 100 },
    );
  });
});
