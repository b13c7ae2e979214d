import { env } from "cloudflare:workers";

/** Returns all objects in the bucket, by key. */
export async function everythingInBucket(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const key of await listKeys()) {
    const object = await env.ARCHIVE.get(key);
    if (object !== null) contents.set(key, new Uint8Array(await object.arrayBuffer()));
  }
  return contents;
}

/** Writes those of the objects that are not in the bucket. */
export async function putMissing(objects: Map<string, Uint8Array<ArrayBuffer>>): Promise<void> {
  const keys = new Set(await listKeys());
  for (const [key, bytes] of objects) if (!keys.has(key)) await env.ARCHIVE.put(key, bytes);
}

export async function emptyBucket(): Promise<void> {
  const keys = await listKeys();
  // R2: a `delete` takes at most 1,000 keys.
  for (let start = 0; start < keys.length; start += 1000) await env.ARCHIVE.delete(keys.slice(start, start + 1000));
}

async function listKeys(): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await env.ARCHIVE.list(cursor === undefined ? {} : { cursor });
    keys.push(...page.objects.map(({ key }) => key));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return keys;
}
