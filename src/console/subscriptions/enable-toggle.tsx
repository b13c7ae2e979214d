import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { subscriptionUrl } from "../shared/project-url.ts";

/** Turns a subscription off, or on again; `from` is the page to come back to. */
export function EnableToggle({ row, from }: { row: SubscriptionRow; from: "project" | "subscription" }) {
  const verb = row.enabled ? "disable" : "enable";
  return (
    <form method="post" action={subscriptionUrl(row.project, row.id, verb)}>
      <input type="hidden" name="from" value={from} />
      <button class="quiet">
        {row.enabled ? "Disable" : "Enable"}
        {from === "project" && <span class="spoken"> subscription {row.id}</span>}
      </button>
    </form>
  );
}
