import { sha256 } from "../lib/crypto.ts";
import type { Scope } from "../domain/access/scope-path.ts";
import { writeJson } from "../lib/json-writer.ts";
import { splitParts } from "../event-text/invisible-characters.ts";

/** The most bytes that the names take in a file name. File systems allow 255 bytes for a whole file name. */
const MAX_NAME_BYTES = 90;

/** Characters with a meaning for a file system or a shell, and invisible ones. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}/\\:*?"'<>|%$`]/gu;

/** A name with one of these is ambiguous: a hyphen also separates two names, and some file systems ignore case. */
const AMBIGUOUS = /[-\p{Lu}\p{Lt}]/u;

/**
 * `Content-Disposition` with a file name that describes the scope. RFC 6266, with RFC 8187's encoding for any script.
 * If another scope could have the same file name, the name ends with two hyphens and a digest of the scope.
 */
export function attachment(scope: Scope, extension: string): string {
  const plain = fileName(scope, extension, toAscii);
  const extended = fileName(scope, extension, toSafe);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeExtended(extended)}`;
}

function fileName(scope: Scope, extension: string, clean: (name: string) => string): string {
  const [tree, ...names] = scope;
  const exact = names.join("-");
  const shown = cut(names.map(clean).join("-"));
  const isUnique = shown === exact && !names.some((name) => AMBIGUOUS.test(name));
  const start = ["events", ...(tree === "everything" ? [] : [tree]), ...(names.length === 0 ? [] : [shown])].join("-");
  return `${start}${isUnique ? "" : `--${shortDigest(scope)}`}.${extension}`;
}

function toAscii(name: string): string {
  return name.replace(/[^\w.-]+/g, "_");
}

function toSafe(name: string): string {
  return splitParts(name.normalize("NFC"))
    .map(({ kind, text }) => (kind === "visible" ? text.replace(UNSAFE, "_") : "_"))
    .join("");
}

/** Cuts a text to MAX_NAME_BYTES, but never inside a character. */
function cut(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MAX_NAME_BYTES));
  return text.slice(0, read);
}

function shortDigest(scope: Scope): string {
  return sha256(writeJson(scope), "hex").slice(0, 10);
}

// RFC 8187 §3.2.1: attr-char
function encodeExtended(name: string): string {
  return encodeURIComponent(name).replace(/[()]/g, (char) => (char === "(" ? "%28" : "%29"));
}
