import { describe, expect, it } from "vitest";
import { withoutSecret } from "../../../src/channels/streams/without-secret.ts";

const BYTES = Buffer.from("\u0000a key of more than 24 bytes/+ÿ");
const SECRETS: [kind: string, secret: string][] = [
  ["http", `whsec_${BYTES.toString("base64")}`],
  ["splunk_hec", "6f1c0a52-3f1e-4a5b-9c0d-AB12cd34EF56"],
  ["s3", `wJalrXUtnFEMI/K7MDENG+bPxRfi"C&Y<>'`],
];

/** The ways in which receivers repeat what they got. */
const SPELLINGS: [name: string, spell: (secret: string) => string][] = [
  ["plain", (secret) => secret],
  ["in upper case", (secret) => secret.toUpperCase()],
  ["in a URL", (secret) => encodeURIComponent(secret)],
  ["in JSON", (secret) => JSON.stringify(secret)],
  ["in JSON of PHP", (secret) => JSON.stringify(secret).replaceAll("/", String.raw`\/`)],
  ["in hex", (secret) => Buffer.from(secret).toString("hex")],
  ["in base64", (secret) => Buffer.from(secret).toString("base64")],
  ["in base64 of URLs", (secret) => Buffer.from(secret).toString("base64url")],
  ["without dashes", (secret) => secret.replaceAll("-", "")],
  ["without its prefix", (secret) => secret.replace("whsec_", "")],
];

describe.each(SECRETS)("the secret of a stream of the kind %s", (_, secret) => {
  it.each(SPELLINGS)("is hidden %s", (_name, spell) => {
    const shown = withoutSecret(`you sent [${spell(secret)}], twice [${spell(secret)}]`, secret);
    expect(shown.replace(/["=]/g, "")).toBe("you sent […], twice […]");
  });
});

it("hides the bytes of a signing key", () => {
  const secret = `whsec_${BYTES.toString("base64")}`;
  expect(withoutSecret(`key=${BYTES.toString("hex")}`, secret)).toBe("key=…");
  expect(withoutSecret("<a>you &amp; me</a>", "x&y")).toBe("<a>you &amp; me</a>");
  expect(withoutSecret("<a>x&amp;y</a>", "x&y")).toBe("<a>…</a>");
});
