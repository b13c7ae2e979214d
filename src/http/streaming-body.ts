import type { Context as HonoContext } from "hono";
import { errorFields } from "../lib/log.ts";
import type { AppEnv } from "./app-env.ts";

/** Waits for the first item, because until then an error can still become an HTTP status. */
export async function awaitFirst<Item>(items: AsyncGenerator<Item>): Promise<AsyncGenerator<Item>> {
  const first = await items.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    yield* items;
  })();
}

/**
 * A response body of `texts`. Each text is made when the one before has been sent. If the client closes the connection,
 * `clientGone` is aborted and no more texts are made. If a text fails, the body ends with a transport error, and never
 * with a clean end.
 */
export function toReadableStream(
  c: HonoContext<AppEnv>,
  texts: AsyncGenerator<string>,
  clientGone: AbortController,
): ReadableStream {
  const end = logEnd(c);
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const text = await nextText(texts, clientGone.signal);
          if (clientGone.signal.aborted) return;
          if (text !== undefined) return controller.enqueue(encoder.encode(text));
          end("complete");
          controller.close();
        } catch (error) {
          end("failed", error);
          controller.error(error);
        }
      },
      async cancel() {
        clientGone.abort();
        end("client_closed");
        await texts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The next text that is not empty; undefined at the end, or if the client has gone. */
async function nextText(texts: AsyncGenerator<string>, signal: AbortSignal): Promise<string | undefined> {
  while (!signal.aborted) {
    const { done, value } = await texts.next();
    if (done === true || value !== "") return value;
  }
}

/** Logs the end of the body. The line of the request itself is logged when the body begins. */
function logEnd(c: HonoContext<AppEnv>) {
  const { log, now, usage } = c.get("context");
  const startedAt = now();
  return (ended: "complete" | "failed" | "client_closed", error?: unknown) =>
    log({
      event: "response_ended",
      request_id: c.get("requestId"),
      ended,
      duration_ms: now() - startedAt,
      d1_queries: usage.queries,
      d1_rows_read: usage.rowsRead,
      r2_gets: usage.r2Gets,
      ...(error !== undefined && errorFields(error)),
    });
}
