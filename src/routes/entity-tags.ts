/** Stands for whatever tag there is. */
export const ANY = "*";

/** The opaque texts of the tags in `If-None-Match` or `If-Match`, weak or strong. RFC 9110 §8.8.3. */
export function knownTags(header: string | undefined): string[] {
  if (header?.trim() === ANY) return [ANY];
  return [...(header ?? "").matchAll(/(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g)].map(([, tag]) => tag ?? "");
}

export function formatTag(tag: string): string {
  return `"${tag}"`;
}
