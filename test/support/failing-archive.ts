import { env } from "cloudflare:workers";

/** What is wrong with an object of the archive. `silent`: R2 never responds. */
export type ArchiveFault = "away" | "missing" | "damaged" | "silent";

/** Returns the bucket, in which reads of the archive's objects fail. `isFaulty` may choose the objects. */
export function aFailingBucket(
  fault: ArchiveFault,
  isFaulty: (key: string) => boolean | Promise<boolean> = () => true,
): R2Bucket {
  const get = async (key: string, options?: R2GetOptions) => {
    const object = await env.ARCHIVE.get(key, options);
    if (!key.startsWith("archive/") || !(await isFaulty(key))) return object;
    const bytes = await object?.arrayBuffer();
    switch (fault) {
      case "away":
        throw new Error("get: We encountered an internal error. Please try again. (10001)");
      case "missing":
        return null;
      case "silent":
        return new Promise<never>(() => undefined);
      case "damaged":
        return object && { size: object.size, uploaded: object.uploaded, arrayBuffer: async () => damage(bytes) };
    }
  };
  return new Proxy(env.ARCHIVE, {
    get: (bucket, name: "list") => (name === ("get" as string) ? get : bucket[name].bind(bucket)),
  });
}

/** Changes a bit in the middle. */
function damage(bytes = new ArrayBuffer()): ArrayBuffer {
  const damaged = new Uint8Array(bytes);
  const middle = Math.floor(damaged.length / 2);
  damaged[middle] = (damaged[middle] ?? 0) ^ 1;
  return damaged.buffer;
}
