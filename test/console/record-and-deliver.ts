import { anEvent, aWebhook, type World } from "../domain/deliveries/world.ts";

const SLACK = { type: "slack", url: "https://hooks.slack.com/services/T/B/secret" };

/**
 * Records one event for five subscriptions, so that there is a delivery in each state. The failing receiver responds
 * with the URL of the request.
 */
export async function recordInEveryState(world: World, event: object = {}): Promise<void> {
  const subscriptions = [
    aWebhook({ url: "https://well.example.com/secret-path" }),
    aWebhook({ url: "https://ill.example.com/secret-path" }),
    aWebhook({ url: "https://off.example.com/secret-path", enabled: false }),
    SLACK,
    aWebhook({ url: "https://gone.example.com/secret-path", enabled: false }),
  ];
  const rows = await world.subscribe(...subscriptions);
  world.answer = ({ url }) => {
    if (url.includes("well")) return new Response("thanks");
    if (url.includes("slack")) return new Response("invalid_blocks", { status: 400 });
    return new Response(`no such order, see ${url}?token=1`, { status: 500 });
  };
  await world.record(anEvent(event));
  await world.deliver();
  const kept = subscriptions.map((subscription, index) => ({ ...subscription, id: `${rows[index]?.id}` })).slice(0, 4);
  await world.subscribe(...kept);
}
