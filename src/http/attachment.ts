import { createHash } from "node:crypto";
import type { Scope } from "../domain/access/scope.ts";
import { writeJson } from "../lib/json-writer.ts";
import { partsOf } from "../event-text/invisible-characters.ts";

/** Of the names in a file's name: file systems hold 255 bytes in all. */
const MAX_NAME_BYTES = 90;

/** What a file system, a shell or a reader's eye may take for something else. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}/\\:*?"'<>|%$`]/gu;

/** A hyphen could part two names, and some file systems take a capital for its small letter. */
const MISTAKABLE = /[-\p{Lu}\p{Lt}]/u;

/**
 * `Content-Disposition` with a name that says what is in the file. RFC 6266, with RFC 8187's form for any script. A file
 * name that is not its scope's alone ends with a digest of the scope, behind two hyphens, which no other has.
 */
export function attachment(scope: Scope, extension: string): string {
  const plain = fileName(scope, extension, asciiOf);
  const extended = fileName(scope, extension, safeOf);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded(extended)}`;
}

function fileName(scope: Scope, extension: string, written: (name: string) => string): string {
  const [tree, ...names] = scope;
  const exact = names.join("-");
  const said = cut(names.map(written).join("-"));
  const isOfThisAlone = said === exact && !names.some((name) => MISTAKABLE.test(name));
  const start = ["events", ...(tree === "everything" ? [] : [tree]), ...(names.length === 0 ? [] : [said])].join("-");
  return `${start}${isOfThisAlone ? "" : `--${digestOf(scope)}`}.${extension}`;
}

function asciiOf(name: string): string {
  return name.replace(/[^\w.-]+/g, "_");
}

function safeOf(name: string): string {
  return partsOf(name.normalize("NFC"))
    .map(({ kind, text }) => (kind === "seen" ? text.replace(UNSAFE, "_") : "_"))
    .join("");
}

/** Between two characters. */
function cut(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MAX_NAME_BYTES));
  return text.slice(0, read);
}

function digestOf(scope: Scope): string {
  return createHash("sha256").update(writeJson(scope)).digest("hex").slice(0, 10);
}

// RFC 8187 §3.2.1: attr-char
function encoded(name: string): string {
  return encodeURIComponent(name).replace(/[()]/g, (char) => (char === "(" ? "%28" : "%29"));
}
