import { Webhook } from "standardwebhooks";
import { afterEach, expect, it, vi } from "vitest";
import { getSigningSecret, rotateSecret } from "../../../src/domain/subscriptions/signing-secret.ts";
import { anEvent, aWebhook, aWorld, OWNER, type World } from "./world.ts";

const HOUR = 3600;

afterEach(() => void vi.useRealTimers());

async function subscribed() {
  const world = await aWorld();
  const [row] = await world.subscribe(aWebhook());
  const path = { project: "shop", id: `${row?.id}` };
  return {
    world,
    first: row?.signing_secret ?? "",
    rotate: () => rotateSecret(world.context, OWNER, path),
    current: () => getSigningSecret(world.context, OWNER, path),
  };
}

/** Returns for each secret whether a receiver can verify the next delivery with that secret. */
async function verifying(world: World, secrets: string[]): Promise<boolean[]> {
  world.received = [];
  await world.record(anEvent());
  await world.deliver();
  const [{ body, headers } = { body: "", headers: new Headers() }] = world.received;
  vi.setSystemTime(world.context.now());
  return secrets.map((secret) => {
    try {
      return new Webhook(secret).verify(body, Object.fromEntries(headers)) !== undefined;
    } catch {
      return false;
    }
  });
}

it("signs with the old and the new secret for 24 hours, and then only with the new one", async () => {
  const { world, first, rotate } = await subscribed();
  const second = await rotate();
  expect(second).not.toBe(first);
  world.elapse(24 * HOUR - 1);
  expect(await verifying(world, [first, second])).toEqual([true, true]);
  world.elapse(1);
  expect(await verifying(world, [first, second])).toEqual([false, true]);
});

it("keeps each old secret for its own 24 hours when it is rotated again", async () => {
  const { world, first, rotate } = await subscribed();
  const second = await rotate();
  world.elapse(12 * HOUR);
  const secrets = [first, second, await rotate()];
  expect(await verifying(world, secrets)).toEqual([true, true, true]);
  world.elapse(12 * HOUR);
  expect(await verifying(world, secrets)).toEqual([false, true, true]);
  world.elapse(12 * HOUR);
  expect(await verifying(world, secrets)).toEqual([false, false, true]);
});

it("signs a delivery that failed before the rotation with both when it is retried", async () => {
  const { world, first, rotate } = await subscribed();
  world.answer = () => new Response("", { status: 500 });
  await verifying(world, []);
  const second = await rotate();
  world.answer = () => new Response("ok");
  world.elapse(5);
  world.received = [];
  await world.deliver();
  expect(world.received[0]?.headers.get("webhook-signature")?.split(" ")).toHaveLength(2);
  expect(await verifying(world, [first, second])).toEqual([true, true]);
});

it("is refused while ten old secrets are valid, and possible again when the first has expired", async () => {
  const { world, rotate } = await subscribed();
  for (let count = 0; count < 10; count++) {
    await rotate();
    world.elapse(HOUR);
  }
  await expect(rotate()).rejects.toMatchObject({ code: "conflict" });
  world.elapse(14 * HOUR);
  await rotate();
});

it("of two at once loses none that it returned", async () => {
  const { world, first, rotate, current } = await subscribed();
  const asked = await Promise.allSettled([rotate(), rotate()]);
  const answered = asked.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  for (const one of asked) if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "conflict" });
  expect(answered).toContain(await current());
  expect(await verifying(world, [first, ...answered])).not.toContain(false);
});

it("survives a replacement of the set that keeps the subscription", async () => {
  const { world, first, rotate } = await subscribed();
  const second = await rotate();
  const [row] = await world.subscriptions();
  await world.subscribe(aWebhook({ id: `${row?.id}`, url: "https://new.example.com/" }));
  expect(await verifying(world, [first, second])).toEqual([true, true]);
});
