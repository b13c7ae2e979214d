import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { subscriptionUrl } from "../shared/project-url.ts";
import { type Refusal, PanelError } from "./panel-error.tsx";

interface Deleting {
  row: SubscriptionRow;
  trouble: Refusal | undefined;
}

export function DeletePanel({ row, trouble }: Deleting) {
  return (
    <section id="delete">
      <h2>Delete</h2>
      <PanelError at="delete" trouble={trouble} />
      <details>
        <summary>Delete this subscription…</summary>
        <p>
          What is pending or held for it is cancelled and will not arrive. Its past deliveries stay listed. There is no
          way back; to let it rest, disable it.
        </p>
        <form method="post" action={subscriptionUrl(row.project, row.id, "delete")}>
          <button class="danger">Delete for good</button>
        </form>
      </details>
    </section>
  );
}
