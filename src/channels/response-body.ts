/**
 * The first `limit` bytes of an answer's body; the rest is cancelled unread. Where the body breaks off, cannot be
 * decoded or does not end before the deadline, what has come of it.
 */
export async function readPrefix(answer: Response, limit: number, deadline: AbortSignal): Promise<Uint8Array> {
  if (answer.body === null) return new Uint8Array();
  if (saysItIsShort(answer, limit)) return readWhole(answer, deadline);
  const reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> = answer.body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  try {
    for (let length = 0; length < limit;) {
      const { done, value } = await withDeadline(deadline, reader.read());
      if (done) break;
      chunks.push(value);
      length += value.byteLength;
    }
  } catch {
    // What has come is kept: the status has decided already.
  } finally {
    // Not awaited: a peer that hangs could make it hang too, and its failure changes nothing.
    reader.cancel().catch(() => undefined);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer()).subarray(0, limit);
}

/** The runtime holds it to its word. What is compressed may become long. */
function saysItIsShort({ headers }: Response, limit: number): boolean {
  const length = headers.get("content-length");
  return length !== null && Number(length) <= limit && !headers.has("content-encoding");
}

async function readWhole(answer: Response, deadline: AbortSignal): Promise<Uint8Array> {
  try {
    return new Uint8Array(await withDeadline(deadline, answer.arrayBuffer()));
  } catch {
    return new Uint8Array();
  }
}

/** `work`, or a rejection as soon as the deadline passes, even where `work` itself takes no notice of it. */
export async function withDeadline<T>(deadline: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: passed, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(deadline.reason);
  deadline.addEventListener("abort", giveUp, { once: true });
  if (deadline.aborted) giveUp();
  try {
    return await Promise.race([work, passed]);
  } finally {
    deadline.removeEventListener("abort", giveUp);
  }
}
