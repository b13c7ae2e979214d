import { ObjectMissing } from "./read-object.ts";

/**
 * Reads a page from D1 and from the archive. If an object is missing, reads everything once more, because retention first
 * stores in D1 that it deletes a segment, and then deletes the objects.
 */
export async function unlessDeleted<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ObjectMissing) return read();
    throw error;
  }
}
