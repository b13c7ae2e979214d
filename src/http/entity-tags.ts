import type { Context as HonoContext } from "hono";
import { sha256 } from "../lib/crypto.ts";
import type { AppEnv } from "./app-env.ts";

// Entity tags, RFC 9110 §8.8.3. Tags are also computed in src/domain/events/page-tags.ts, because the caches of pages
// use them, and in src/domain/subscriptions/subscription-settings.ts, for the console's form.

/** The tag of a response that has no version: a digest of its body. */
export function bodyTag(body: string | Uint8Array): string {
  return sha256(body, "base64url");
}

/** The version, for `If-Match`, and a digest of the body, because the body may change without a new version. */
export function versionTag(version: number, body: string): string {
  return `${version}-${sha256(body, "base64url").slice(0, 16)}`;
}

export function etagHeader(tag: string): { ETag: string } {
  return { ETag: `"${tag}"` };
}

/** The opaque texts of the tags in `If-None-Match` or `If-Match`, weak or strong. */
export function parseTags(header: string | undefined): string[] {
  return [...(header ?? "").matchAll(/(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g)].map(([, tag]) => tag ?? "");
}

/** True if the header is `*`, which matches every tag. `"*"` in quotes is an ordinary tag. */
export function matchesAny(header: string | undefined): boolean {
  return header?.trim() === "*";
}

/** RFC 9110 §13.1.2: true if the client already has this response. */
export function isNotModified(ifNoneMatch: string | undefined, tag: string): boolean {
  return matchesAny(ifNoneMatch) || parseTags(ifNoneMatch).includes(tag);
}

/** RFC 9110 §15.4.5: a 304 has the headers of the 200. */
export function respondNotModified(c: HonoContext<AppEnv>, headers: Record<string, string>) {
  return c.body(null, 304, headers);
}

/**
 * RFC 9110 §13.1.1. Returns a function that is true for each version that `If-Match` allows to change, or undefined if
 * it allows all. Weak tags count too: a proxy that compresses a response weakens its tag, and the version in it stays
 * exact.
 */
export function expectedVersions(ifMatch: string | undefined): ((version: number) => boolean) | undefined {
  if (ifMatch === undefined || matchesAny(ifMatch)) return undefined;
  const versions = new Set(parseTags(ifMatch).map((tag) => tag.split("-")[0]));
  return (version) => versions.has(`${version}`);
}
