import { attemptDeliveries } from "../../../src/domain/deliveries/attempt-deliveries.ts";
import { BackgroundSlots } from "../../../src/domain/deliveries/background-slots.ts";
import { replaceSubscriptions } from "../../../src/domain/subscriptions/subscription-set.ts";
import { SubscriptionSet } from "../../../src/schemas/subscription.ts";
import { inVirtualTime } from "./virtual-time.ts";
import { anEvent, aWebhook, aWorld, OWNER, type World } from "./world.ts";

export const HEALTHY = Array.from({ length: 8 }, (_, index) => `https://healthy${index}.example.com/`);
export const HANGING = Array.from({ length: 8 }, (_, index) => `https://hanging${index}.example.com/`);
const HANGS_MS = 14_000;
export const SLOTS = 20;

/** One receiver to a project. The hanging ones respond after 14 seconds. */
export async function manyProjects(): Promise<World & { sentAt: () => number[] }> {
  const world = await aWorld();
  const times = inVirtualTime(world);
  for (const url of [...HANGING, ...HEALTHY]) {
    const project = projectOf(url);
    const owner = { ...OWNER, groups: [`project:${project}:global:owner`] };
    await replaceSubscriptions(world.context, owner, project, SubscriptionSet.parse([aWebhook({ url })]));
  }
  world.answer = async ({ url }) => {
    if (HANGING.includes(url)) await times.rest(HANGS_MS);
    return new Response("ok");
  };
  world.context.backgroundSlots = new BackgroundSlots(SLOTS);
  return Object.assign(world, { sentAt: times });
}

const projectOf = (url: string) => new URL(url).hostname;
export const isHealthy = ({ url }: { url: string }) => HEALTHY.includes(url);

/** Records an event for each receiver, and returns the IDs of the deliveries. */
export async function record(world: World, urls: string[]): Promise<number[]> {
  world.queue = [];
  world.received.length = 0;
  await world.record(...urls.map((url) => anEvent({ state_project: projectOf(url) })));
  return world.queue.splice(0).map(({ deliveryId }) => deliveryId);
}

/** Has this isolate attempt an event for each receiver, so that it knows them. */
export async function learn(world: World, urls: string[]): Promise<void> {
  await attempt(world, await record(world, urls));
  await world.deliver();
}

/** Milliseconds until the batch may be acknowledged. */
export async function attempt({ context }: World, ids: number[]): Promise<number> {
  const startedAt = context.now();
  await attemptDeliveries(context, ids);
  return context.now() - startedAt;
}
