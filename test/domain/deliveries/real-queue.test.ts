import { env, exports } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { expect, inject, it, vi } from "vitest";
import type { Arrival } from "../../support/loopback-receiver.ts";
import { tokenOf } from "../../support/tokens.ts";

const origin = "http://tidings.test";
const project = `${origin}/api/v1/events/subscriptions/project/shop`;

it("carries an event over the real queue to a real receiver, signed, and to Slack as a message", async () => {
  const receiver = inject("receiverUrl");
  const owner = { Authorization: `Bearer ${await tokenOf({ name: "ann", groups: ["project:shop:global:owner"] })}` };
  const put = await exports.default.fetch(`${project}/`, {
    method: "PUT",
    headers: { ...owner, "Content-Type": "application/json" },
    body: JSON.stringify([
      { type: "webhook", url: `${receiver}/real-queue/webhook` },
      { type: "slack", url: `${receiver}/real-queue/slack` },
    ]),
  });
  const [webhook] = await put.json<{ id: string }[]>();
  const recorded = await exports.default.fetch(`${origin}/internal/create-event`, {
    method: "POST",
    headers: { Authorization: `Bearer ${env.INTERNAL_TOKEN.split(",")[0]}`, "Content-Type": "application/json" },
    body: JSON.stringify({ type: "REDEPLOY_STATE_DEPLOYMENT", username: "ann", state_project: "shop" }),
  });
  const event = await exports.default.fetch(`${origin}${recorded.headers.get("Location")}`, { headers: owner });

  const [delivered] = await arrivalsAt(`${receiver}/real-queue/webhook`);
  expect(delivered?.body).toBe(await event.text());
  const secret = await exports.default.fetch(`${project}/${webhook?.id}/secret`, { headers: owner });
  const { signing_secret } = await secret.json<{ signing_secret: string }>();
  const headers = Object.fromEntries(
    Object.entries(delivered?.headers ?? {}).map(([name, value]) => [name, String(value)]),
  );
  expect(new Webhook(signing_secret).verify(delivered?.body ?? "", headers)).toMatchObject({ username: "ann" });

  const [message] = await arrivalsAt(`${receiver}/real-queue/slack`);
  expect(JSON.parse(message?.body ?? "")).toMatchObject({
    text: expect.stringContaining("ann"),
    blocks: expect.any(Array),
  });
});

/** Waits until the receiver has got requests. The queue collects a batch for a second before it calls the consumer. */
function arrivalsAt(url: string): Promise<Arrival[]> {
  return vi.waitFor(
    async () => {
      const arrivals = await (await fetch(url)).json<Arrival[]>();
      expect(arrivals).not.toEqual([]);
      return arrivals;
    },
    { timeout: 10_000, interval: 100 },
  );
}
