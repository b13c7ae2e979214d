import { app } from "./api/app.ts";
import { consumeDeadLetters } from "./queue/consume-dead-letters.ts";
import { consumeDeliveries } from "./queue/consume-deliveries.ts";
import { isForPrograms } from "./doors.ts";
import { consoleApp } from "./console/console-app.ts";
import { contextOf } from "./context.ts";
import { sweep } from "./domain/sweep.ts";

export default {
  fetch(request: Request, env, execution) {
    return (isForPrograms(request) ? app : consoleApp).fetch(request, env, execution);
  },
  async queue(batch, env, execution) {
    const consume = batch.queue.endsWith("-dead-letters") ? consumeDeadLetters : consumeDeliveries;
    await consume(contextOf(env, execution), batch);
  },
  async scheduled(_controller, env, execution) {
    await sweep(contextOf(env, execution));
  },
} satisfies ExportedHandler<Env>;
