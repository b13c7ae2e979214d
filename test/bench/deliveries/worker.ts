import { contextFor } from "../../../src/context.ts";
import { attemptDeliveries } from "../../../src/domain/deliveries/attempt-deliveries.ts";
import { sweep } from "../../../src/domain/sweep.ts";
import service from "../../../src/index.ts";
import { consume } from "./jobs/consume.ts";
import { listen, post } from "./jobs/floor.ts";
import { hold, reset } from "./jobs/hold.ts";
import { measure } from "../measure.ts";
import { prepare, record, subscribe } from "./jobs/prepare.ts";
import { readStates } from "./jobs/states.ts";
import { contextWith, databaseOf } from "./jobs/world.ts";
import type { Job } from "./plan.ts";

const writeLine = console.log;

/** Does the jobs inside the runtime, so that only the service, D1 and the receiver are measured. */
export default {
  async fetch(request, env, execution) {
    const job = await request.json<Job>();
    console.log = "writesLog" in job && job.writesLog ? writeLine : () => undefined;
    return Response.json((await perform(job, env, execution)) ?? {});
  },
  queue: (batch, env, execution) => service.queue(batch, env, execution),
} satisfies ExportedHandler<Env>;

async function perform(job: Job, env: Env, execution: ExecutionContext): Promise<unknown> {
  const context = contextWith(env, execution, "database" in job ? job.database : "DB");
  switch (job.do) {
    case "subscribe":
      return subscribe(context, job.project, job.urls);
    case "record":
      return record(env, execution, job);
    case "prepare":
      return prepare(context, job.project, job.events);
    case "hint":
      return contextFor(env, execution).hints.first(job.deliveryIds.map((deliveryId) => ({ deliveryId })));
    case "consume":
      return consume(context, job.deliveryIds);
    case "listen":
      return listen(context, job.deliveryIds);
    case "post":
      return post(job.requests);
    case "states":
      return readStates(env.DB, job.subscriptionId);
    case "hold":
      return hold(databaseOf(env, job.database), job.subscriptionId, job.count);
    case "reset":
      return reset(databaseOf(env, job.database), Date.now());
    case "sweep":
      return measure(context, sweep);
    case "attempt": {
      const responding = { ...context, fetch: () => Promise.resolve(new Response("", { status: job.status })) };
      return measure(responding, (counted) => attemptDeliveries(counted, job.deliveryIds));
    }
  }
}
