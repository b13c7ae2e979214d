import type { Context as HonoContext } from "hono";
import { errorFields } from "../lib/log.ts";
import type { AppEnv } from "./app-env.ts";

/** Once the first item is there: what goes wrong until then is still answered by a status. */
export async function awaitFirst<Item>(items: AsyncGenerator<Item>): Promise<AsyncGenerator<Item>> {
  const first = await items.next();
  return (async function* () {
    if (first.done === true) return;
    yield first.value;
    yield* items;
  })();
}

/**
 * A body of `texts`, each made when the last one was taken, and none after its reader has gone: then `gone` is aborted.
 * Where they fail, the body breaks off, and never ends as if it were whole.
 */
export function toReadableStream(
  c: HonoContext<AppEnv>,
  texts: AsyncGenerator<string>,
  gone: AbortController,
): ReadableStream {
  const end = logEnd(c);
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const text = await nextText(texts, gone.signal);
          if (gone.signal.aborted) return;
          if (text !== undefined) return controller.enqueue(encoder.encode(text));
          end("complete");
          controller.close();
        } catch (error) {
          end("failed", error);
          controller.error(error);
        }
      },
      async cancel() {
        gone.abort();
        end("client_closed");
        await texts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The next that is not empty; undefined at the end, and when nobody waits for it any more. */
async function nextText(texts: AsyncGenerator<string>, signal: AbortSignal): Promise<string | undefined> {
  while (!signal.aborted) {
    const { done, value } = await texts.next();
    if (done === true || value !== "") return value;
  }
}

/** A stream's own line in the log: the request's is written when it begins. */
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
      ...(error !== undefined && errorFields(error)),
    });
}
