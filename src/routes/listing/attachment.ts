import type { Scope } from "../../domain/scope.ts";

/** Characters of the names in a file's name. */
const MAX_NAME = 100;

/** What a file system, a shell or a reader's eye may take for something else. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}/\\:*?"'<>|%$`]/gu;

/** `Content-Disposition` with a name that says what is in the file. RFC 6266, with RFC 8187's form for any script. */
export function attachment([tree, ...names]: Scope, extension: string): string {
  const said = ["events", ...(tree === "everything" ? [] : [tree]), ...names].join("-").replace(UNSAFE, "_");
  const name = `${said.slice(0, MAX_NAME).toWellFormed()}.${extension}`;
  const plain = name.replace(/[^\w.-]/gu, "_");
  return `attachment; filename="${plain}"; filename*=UTF-8''${extended(name)}`;
}

// RFC 8187 §3.2.1: attr-char
function extended(name: string): string {
  return encodeURIComponent(name).replace(/[()]/g, (char) => (char === "(" ? "%28" : "%29"));
}
