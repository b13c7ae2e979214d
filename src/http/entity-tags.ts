/** `*`: whatever tag there is. The tag `"*"` is one like any other. */
export function matchesAny(header: string | undefined): boolean {
  return header?.trim() === "*";
}

/** The opaque texts of the tags in `If-None-Match` or `If-Match`, weak or strong. RFC 9110 §8.8.3. */
export function knownTags(header: string | undefined): string[] {
  return [...(header ?? "").matchAll(/(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g)].map(([, tag]) => tag ?? "");
}

export function formatTag(tag: string): string {
  return `"${tag}"`;
}
