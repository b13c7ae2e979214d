import { viewOfSubscription } from "../../../domain/subscriptions/subscription-view.ts";
import type { SubscriptionRow } from "../../../store/subscriptions/subscriptions.ts";
import { Plain } from "../plain.tsx";

export function SubscriptionSection({
  subscriptions,
  isOwner,
}: {
  subscriptions: SubscriptionRow[];
  isOwner: boolean;
}) {
  return (
    <section id="subscriptions">
      <h2>Subscriptions</h2>
      <ul>
        {subscriptions.map((row) => (
          <li>
            <Plain text={viewOfSubscription(row, isOwner).url} />
          </li>
        ))}
      </ul>
    </section>
  );
}
