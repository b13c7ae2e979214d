import type { Health } from "../../domain/subscriptions/attempt-statistics.ts";
import { MAX_SUBSCRIPTIONS } from "../../schemas/subscription.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { projectUrl } from "../shared/project-url.ts";
import { BarPatterns } from "./health-picture.tsx";
import { SubscriptionCard } from "./subscription-card.tsx";

interface Subscriptions {
  project: string;
  subscriptions: SubscriptionRow[];
  health: Map<number, Health>;
  isOwner: boolean;
  now: number;
}

export function SubscriptionSection({ project, subscriptions, health, isOwner, now }: Subscriptions) {
  if (subscriptions.length === 0) return <NoSubscriptions project={project} isOwner={isOwner} />;
  return (
    <section id="subscriptions">
      <div class="heading">
        <h2>Subscriptions</h2>
        {isOwner && <AddLink project={project} isFull={subscriptions.length >= MAX_SUBSCRIPTIONS} />}
      </div>
      <BarPatterns />
      <ul class="subscriptions">
        {subscriptions.map((row) => (
          <SubscriptionCard row={row} health={health.get(row.id)} isOwner={isOwner} now={now} />
        ))}
      </ul>
    </section>
  );
}

function AddLink({ project, isFull }: { project: string; isFull: boolean }) {
  if (isFull) {
    return <p class="aside">A project has at most {MAX_SUBSCRIPTIONS}. Delete one to add another.</p>;
  }
  return (
    <a class="button" href={projectUrl(project, "subscriptions", "new")}>
      Add a subscription
    </a>
  );
}

function NoSubscriptions({ project, isOwner }: { project: string; isOwner: boolean }) {
  return (
    <section id="subscriptions">
      <h2>Subscriptions</h2>
      <div class="empty">
        <p>
          Nobody is told yet. A subscription sends each event of this project to a webhook or to a Slack channel, as
          soon as it happens and until it has arrived.
        </p>
        {isOwner ? (
          <p>
            <AddLink project={project} isFull={false} />
          </p>
        ) : (
          <p>An owner of the project may add one.</p>
        )}
      </div>
    </section>
  );
}
