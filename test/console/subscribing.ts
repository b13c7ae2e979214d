import { env } from "cloudflare:workers";
import type { Subscription } from "../../src/schemas/subscription.ts";
import { aSubscription } from "../support/factories.ts";
import type { aService } from "../support/service.ts";
import { elementsOf } from "./browser.ts";

export const OWNER = ["project:shop:global:owner", "team-web"];
export const MEMBER = ["project:shop:global:read"];

/** The subscriptions of `shop`, as the API returns them. */
export async function stored(service: ReturnType<typeof aService>): Promise<Subscription[]> {
  return (await service.get("/api/v1/events/subscriptions/project/shop", { groups: OWNER })).json();
}

/** Adds a subscription to `shop`; returns its ID and the path of its page. */
export async function subscribed(service: ReturnType<typeof aService>, fields: Record<string, unknown> = {}) {
  const response = await service.subscribe("shop", [{ ...aSubscription(), ...fields }], ["team-web"]);
  const [{ id }] = await response.json<[Subscription]>();
  return { id, path: `/projects/shop/subscriptions/${id}` };
}

/** The fields that a page's form would send if it were submitted unchanged. */
export async function formOf(page: Response): Promise<[string, string][]> {
  const fields = await elementsOf(page, "form.edit[method=post] input");
  return fields.flatMap(({ attributes: { name = "", type = "text", ...attributes } }) => {
    const isTick = ["checkbox", "radio"].includes(type);
    const value = attributes["value"] ?? (isTick ? "on" : "");
    const isSent = !isTick || "checked" in attributes;
    return isSent && !["which", "from"].includes(name) ? [[name, value] as [string, string]] : [];
  });
}

/** The form with some fields replaced: all fields of a name at once. */
export function typed(form: [string, string][], fields: Record<string, string | string[]>): [string, string][] {
  const kept = form.filter(([name]) => !(name in fields));
  return [
    ...kept,
    ...Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as [string, string])),
  ];
}

export async function secretOf(id: string): Promise<string> {
  const row = await env.DB.prepare("SELECT signing_secret FROM subscriptions WHERE id = ?")
    .bind(id)
    .first<{ signing_secret: string }>();
  return row?.signing_secret ?? "";
}
