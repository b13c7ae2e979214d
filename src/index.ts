import { app } from "./app.ts";
import { consumeDeadLetters } from "./consumers/dead-letters.ts";
import { consumeHints } from "./consumers/deliveries.ts";
import { isForPrograms } from "./doors.ts";
import { pages } from "./console/pages.ts";
import { contextOf } from "./context.ts";
import { sweep } from "./domain/sweep.ts";

export default {
  fetch(request: Request, env, execution) {
    return (isForPrograms(request) ? app : pages).fetch(request, env, execution);
  },
  async queue(batch, env, execution) {
    const consume = batch.queue.endsWith("-dead-letters") ? consumeDeadLetters : consumeHints;
    await consume(contextOf(env, execution), batch);
  },
  async scheduled(_controller, env, execution) {
    await sweep(contextOf(env, execution));
  },
} satisfies ExportedHandler<Env>;
