import { app } from "../../../../src/api/app.ts";
import { recordEvents } from "../../../../src/domain/events/record-events.ts";
import { replaceSubscriptions } from "../../../../src/domain/subscriptions/subscription-set.ts";
import { NewEvent } from "../../../../src/schemas/event.ts";
import { SubscriptionSet } from "../../../../src/schemas/subscription.ts";
import type { Context } from "../../../../src/context.ts";
import { recording } from "../../requests.ts";
import { sampleEvents, team, TEAMS } from "../../sample-events.ts";
import type { Prepared } from "../plan.ts";

const MAX_EVENTS = 100;

/** Creates webhook subscriptions for all events. Returns their IDs. */
export async function subscribe(context: Context, project: string, urls: string[]): Promise<number[]> {
  const groups = Array.from({ length: TEAMS }, (_, number) => team(number));
  const owner = {
    name: "ada",
    groups: [...groups, `project:${project}:global:owner`],
    isAuditor: false,
    isOperator: false,
    expiresAt: Infinity,
  };
  const entries = SubscriptionSet.parse(urls.map((url) => ({ type: "webhook", url })));
  const { subscriptions } = await replaceSubscriptions(context, owner, project, entries);
  return subscriptions.map(({ subscription }) => Number(subscription.id));
}

export async function record(
  env: Env,
  execution: ExecutionContext,
  { project, from, count }: { project: string; from: number; count: number },
): Promise<void> {
  const response = await app.fetch(recording(env, eventsOf(project, from, count))(), env, execution);
  if (!response.ok) throw new Error(`recording failed: ${await response.text()}`);
}

/** Records events. Returns the IDs of their deliveries and the number of rows written. */
export async function prepare(context: Context, project: string, events: number): Promise<Prepared> {
  let firstId = Infinity;
  for (let from = 0; from < events; from += MAX_EVENTS) {
    const newEvents = eventsOf(project, from, Math.min(MAX_EVENTS, events - from));
    firstId = Math.min(
      firstId,
      await recordEvents(
        context,
        newEvents.map((event) => NewEvent.parse(event)),
      ),
    );
  }
  const { rowsWritten } = context.usage;
  const { results } = await context.db
    .prepare("SELECT id FROM deliveries WHERE event_id >= ? AND project = ? ORDER BY id")
    .bind(firstId, project)
    .all<{ id: number }>();
  return { deliveryIds: results.map(({ id }) => id), rowsWritten };
}

function eventsOf(project: string, from: number, count: number): object[] {
  return sampleEvents(from, count, () => project);
}
