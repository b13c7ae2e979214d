import { app } from "./app.ts";
import { consumeDeadLetters } from "./consumers/dead-letters.ts";
import { consumeHints } from "./consumers/deliveries.ts";
import { contextOf } from "./context.ts";
import { sweep } from "./domain/sweep.ts";

export default {
  fetch: app.fetch,
  async queue(batch, env, execution) {
    const consume = batch.queue.endsWith("-dead-letters") ? consumeDeadLetters : consumeHints;
    await consume(contextOf(env, execution), batch);
  },
  async scheduled(_controller, env, execution) {
    await sweep(contextOf(env, execution));
  },
} satisfies ExportedHandler<Env>;
