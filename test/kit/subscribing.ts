import type { Subscription } from "../../src/schemas/subscription.ts";
import type { Api } from "./api.ts";
import { check } from "./check.ts";
import { ownerFor, distinctProjects, type Subscriber } from "./subscriber.ts";

/**
 * Subscribes all destinations, as the owner of each project. Resolves to the webhooks' signing secrets, by subscriber.
 */
export async function subscribeAll(
  api: Api,
  all: Subscriber[],
  urlOf: (subscriber: Subscriber) => string,
): Promise<Map<string, string>> {
  const secrets = new Map<string, string>();
  for (const project of distinctProjects(all)) {
    const subscribers = all.filter((subscriber) => subscriber.project === project);
    const path = `/api/v1/events/subscriptions/project/${project}/`;
    const body = JSON.stringify(subscribers.map((subscriber) => requestFor(subscriber, urlOf(subscriber))));
    const stored = await api.asReader(ownerFor(project), path, { method: "PUT", body });
    const subscriptions: Subscription[] = await stored.json();
    check(subscriptions.length === subscribers.length, `PUT ${path} returned ${subscriptions.length} subscriptions.`);
    for (const subscriber of subscribers.filter(({ type }) => type === "webhook")) {
      const id = subscriptions.find(({ url }) => url === urlOf(subscriber))?.id;
      check(id !== undefined, `PUT ${path} did not return the subscription of ${subscriber.name}.`);
      const response = await api.asReader(ownerFor(project), `${path}${id}/secret`);
      const { signing_secret: secret }: { signing_secret: string } = await response.json();
      secrets.set(subscriber.name, secret);
    }
  }
  return secrets;
}

function requestFor({ type, eventTypes, groups }: Subscriber, url: string) {
  return {
    type,
    url,
    ...(eventTypes === undefined ? {} : { event_types: eventTypes }),
    ...(type === "slack" ? { slack_username: "Tidings", slack_icon: ":newspaper:" } : {}),
    allowed_groups: groups,
  };
}
