import { sightings } from "./log-watch.ts";
import type { Invocation, Simulation } from "./simulation.ts";

/** Returns a bucket in which each call is a step of the simulation. */
export function bucketOf(simulation: Simulation, by: Invocation, bucket: R2Bucket): R2Bucket {
  const own = {
    get: (key: string, options?: R2GetOptions) =>
      simulation.ask(by, { kind: "bucket", name: `get ${key}` }, async () => readWhole(await bucket.get(key, options))),
    put: (key: string, bytes: Uint8Array, options: R2PutOptions) =>
      simulation.ask(by, { kind: "bucket", name: `put ${key}` }, async () => {
        const object = await bucket.put(key, bytes, options);
        if (object !== null && key === "log/checkpoint") {
          sightings.copied.push({ at: simulation.now, note: new TextDecoder().decode(bytes) });
        }
        return object;
      }),
    list: (options: R2ListOptions) =>
      simulation.ask(by, { kind: "bucket", name: `list ${options.prefix}` }, () => bucket.list(options)),
    delete: (keys: string[]) =>
      simulation.ask(by, { kind: "bucket", name: `delete ${keys.length} objects` }, () => bucket.delete(keys)),
  };
  return own as unknown as R2Bucket; // the service calls nothing else
}

/** Reads the body at once. Otherwise the runtime's event loop would read it, and not at the simulation's pace. */
async function readWhole(object: R2ObjectBody | null) {
  if (object === null) return null;
  const bytes = await object.arrayBuffer();
  const { size, etag, uploaded } = object;
  return { size, etag, uploaded, arrayBuffer: () => Promise.resolve(bytes) };
}
