import { getPath } from "hono/utils/url";
import { app } from "./api/app.ts";
import { consoleApp } from "./console/console-app.ts";
import { contextFor } from "./context.ts";
import { sweep } from "./domain/sweep.ts";
import { consumeDeadLetters } from "./queue/consume-dead-letters.ts";
import { consumeDeliveries } from "./queue/consume-deliveries.ts";
import { consumeLog, consumeStreams } from "./queue/consume-hints.ts";

export default {
  fetch(request: Request, env, execution) {
    return (isApiRequest(request) ? app : consoleApp).fetch(request, env, execution);
  },
  async queue(batch, env, execution) {
    await consumerOf(batch.queue)(contextFor(env, execution), batch);
  },
  async scheduled(_controller, env, execution) {
    await sweep(contextFor(env, execution));
  },
} satisfies ExportedHandler<Env>;

function consumerOf(queue: string) {
  if (queue.endsWith("-dead-letters")) return consumeDeadLetters;
  if (queue.endsWith("-streams")) return consumeStreams;
  return queue.endsWith("-log") ? consumeLog : consumeDeliveries;
}

/**
 * All other paths belong to the console, also `/log`. `getPath` is the path as Hono's router reads it: `/%61pi` counts as
 * `/api`.
 */
function isApiRequest(request: Request): boolean {
  return /^\/(?:(?:api|internal|health|openapi\.json)(?:\/|$)|log\/.)/.test(getPath(request));
}
