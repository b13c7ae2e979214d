import type { Delivery, DeliveryHistory, DeliveryState } from "../../src/schemas/delivery.ts";
import type { Api } from "../kit/api.ts";
import { check, checkSameIds } from "../kit/check.ts";
import type { Entry } from "../kit/entry.ts";
import { ownerFor, distinctProjects } from "../kit/subscriber.ts";
import { expectedEvents } from "../kit/delivery-checks.ts";
import { SUBSCRIBERS } from "./cast.ts";

const PATH = "/api/v1/events/deliveries/";
const PAGE_SIZE = 500;
const UNSETTLED: DeliveryState[] = ["pending", "held", "failed", "cancelled"];

/**
 * Describes the deliveries that the service itself does not report as delivered. Returns no texts if there are none.
 */
export async function undelivered(api: Api): Promise<string[]> {
  const faults: string[] = [];
  for (const project of distinctProjects(SUBSCRIBERS)) {
    for (const state of UNSETTLED) {
      const found = await deliveriesOf(api, project, state);
      if (found.length > 0) faults.push(`of ${project}, ${found.length} deliveries are ${state}`);
    }
  }
  return faults;
}

/**
 * Returns all deliveries. First checks that there is exactly one for each event and each subscription that must receive
 * the event.
 */
export async function readDelivered(api: Api, history: Entry[]): Promise<Delivery[]> {
  const all: Delivery[] = [];
  for (const project of distinctProjects(SUBSCRIBERS)) {
    const deliveries = await deliveriesOf(api, project, "delivered");
    const pairs = new Set(deliveries.map(({ event_id, subscription_id }) => `${event_id} for ${subscription_id}`));
    check(pairs.size === deliveries.length, `An event of ${project} has two deliveries for one subscription.`);
    const expected = SUBSCRIBERS.filter((subscriber) => subscriber.project === project)
      .flatMap((subscriber) => expectedEvents(subscriber, history))
      .map(({ served }) => served.id);
    const actual = deliveries.map(({ event_id }) => event_id);
    checkSameIds(`The deliveries of ${project}`, actual.toSorted(byNumber), expected.toSorted(byNumber));
    all.push(...deliveries);
  }
  return all;
}

/** Counts the attempts whose consumer died before it recorded a result. */
export async function countLostAttempts(api: Api, deliveries: Delivery[]): Promise<number> {
  let lost = 0;
  for (const { id, project, attempts } of deliveries) {
    if (attempts === 1) continue;
    const answer = await api.asReader(ownerFor(project), `${PATH}${id}`);
    const { history }: DeliveryHistory = await answer.json();
    lost += history.filter(({ outcome }) => outcome === "lost").length;
  }
  return lost;
}

async function deliveriesOf(api: Api, project: string, state: DeliveryState): Promise<Delivery[]> {
  const all: Delivery[] = [];
  for (;;) {
    const oldest = all.at(-1)?.id;
    const query = new URLSearchParams({ state, page_size: `${PAGE_SIZE}`, ...(oldest && { page_from: oldest }) });
    const answer = await api.asReader(ownerFor(project), `${PATH}project/${project}/?${query.toString()}`);
    const page: Delivery[] = await answer.json();
    all.push(...page);
    if (page.length < PAGE_SIZE) return all;
  }
}

function byNumber(a: string, b: string): number {
  return Number(a) - Number(b);
}
