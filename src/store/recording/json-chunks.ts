/** D1 takes 2 MB a parameter; half of it leaves room for what one item may add. */
const MAX_CHUNK_BYTES = 1_000_000;

/** An array as the JSON texts of its consecutive parts, each small enough for one parameter. None for an empty array. */
export function jsonChunks(items: readonly unknown[]): string[] {
  const encoder = new TextEncoder();
  const chunks: string[] = [];
  let part: string[] = [];
  let bytes = 0;
  for (const item of items) {
    const json = JSON.stringify(item);
    const { byteLength } = encoder.encode(json);
    if (part.length > 0 && bytes + byteLength > MAX_CHUNK_BYTES) {
      chunks.push(`[${part.join(",")}]`);
      part = [];
      bytes = 0;
    }
    part.push(json);
    bytes += byteLength + 1;
  }
  if (part.length > 0) chunks.push(`[${part.join(",")}]`);
  return chunks;
}
