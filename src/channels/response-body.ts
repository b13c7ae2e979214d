import type { Deadline } from "./deadline.ts";

/**
 * The first `limit` bytes of a response body. The rest is not read. If the body breaks off, cannot be decoded or does
 * not end before the deadline, returns the bytes that it has, which may be none.
 */
export async function readPrefix(response: Response, limit: number, deadline: Deadline): Promise<Uint8Array> {
  return (await readBody(response, limit, deadline)).start;
}

/** The beginning of a body. `isWhole` is false if there is more, or if the body could not be read to its end. */
interface BodyStart {
  start: Uint8Array;
  isWhole: boolean;
}

/** Like `readPrefix`, and says whether the bytes are the whole body. */
export async function readBody(response: Response, limit: number, deadline: Deadline): Promise<BodyStart> {
  if (response.body === null) return { start: new Uint8Array(), isWhole: true };
  if (declaresShortBody(response, limit)) return readShort(response, deadline);
  const reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> = response.body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let isWhole = false;
  try {
    for (let length = 0; length < limit && !isWhole;) {
      const { done, value } = await deadline.race(reader.read());
      if (done) isWhole = true;
      else {
        chunks.push(value);
        length += value.byteLength;
      }
    }
  } catch {
    // Returns the chunks so far, because an attempt does not fail if the body is incomplete.
  } finally {
    // Not awaited, because a receiver that hangs could block it. Its failure changes nothing.
    reader.cancel().catch(() => undefined);
  }
  const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
  return { start: bytes.subarray(0, limit), isWhole };
}

/** The runtime enforces Content-Length. A compressed body may be longer than its Content-Length. */
function declaresShortBody({ headers }: Response, limit: number): boolean {
  const length = headers.get("content-length");
  return length !== null && Number(length) <= limit && !headers.has("content-encoding");
}

async function readShort(response: Response, deadline: Deadline): Promise<BodyStart> {
  try {
    return { start: new Uint8Array(await deadline.race(response.arrayBuffer())), isWhole: true };
  } catch {
    return { start: new Uint8Array(), isWhole: false };
  }
}
