import type { Deadline } from "./deadline.ts";

/**
 * The first `limit` bytes of a response body. The rest is not read. If the body breaks off, cannot be decoded or does
 * not end before the deadline, returns the bytes that it has, which may be none.
 */
export async function readPrefix(response: Response, limit: number, deadline: Deadline): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array();
  if (declaresShortBody(response, limit)) return readWhole(response, deadline);
  const reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> = response.body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  try {
    for (let length = 0; length < limit;) {
      const { done, value } = await deadline.race(reader.read());
      if (done) break;
      chunks.push(value);
      length += value.byteLength;
    }
  } catch {
    // Returns the chunks so far, because an attempt does not fail if the body is incomplete.
  } finally {
    // Not awaited, because a receiver that hangs could block it. Its failure changes nothing.
    reader.cancel().catch(() => undefined);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer()).subarray(0, limit);
}

/** The runtime enforces Content-Length. A compressed body may be longer than its Content-Length. */
function declaresShortBody({ headers }: Response, limit: number): boolean {
  const length = headers.get("content-length");
  return length !== null && Number(length) <= limit && !headers.has("content-encoding");
}

async function readWhole(response: Response, deadline: Deadline): Promise<Uint8Array> {
  try {
    return new Uint8Array(await deadline.race(response.arrayBuffer()));
  } catch {
    return new Uint8Array();
  }
}
