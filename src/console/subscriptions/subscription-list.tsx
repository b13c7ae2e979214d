import type { SubscriptionHealth } from "../../domain/subscriptions/subscription-health.ts";
import type { ListedSubscriptions } from "../../domain/subscriptions/subscription-set.ts";
import type { SubscriptionView } from "../../domain/subscriptions/subscription-view.ts";
import { MAX_SUBSCRIPTIONS, type Subscription } from "../../schemas/subscription.ts";
import { subscriptionName, typeName } from "../shared/labels.ts";
import { CollapsibleList } from "../shared/collapsible-list.tsx";
import { deliveriesUrl, projectUrl, subscriptionUrl } from "../shared/page-urls.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { BarPatterns, HealthPicture } from "./health-picture.tsx";
import { EnableToggle, StatusLabel } from "./subscription-status.tsx";

interface SubscriptionListProps {
  project: string;
  listed: ListedSubscriptions;
  health: Map<string, SubscriptionHealth>;
}

export function SubscriptionList({ project, listed: { subscriptions, isOwner }, health }: SubscriptionListProps) {
  if (subscriptions.length === 0) return <NoSubscriptions project={project} isOwner={isOwner} />;
  return (
    <section id="subscriptions">
      <div class="heading">
        <h2>Subscriptions</h2>
        {isOwner && <AddLink project={project} isFull={subscriptions.length >= MAX_SUBSCRIPTIONS} />}
      </div>
      <BarPatterns />
      <ul class="subscriptions">
        {subscriptions.map((view) => (
          <SubscriptionCard view={view} health={health.get(view.subscription.id)} isOwner={isOwner} />
        ))}
      </ul>
    </section>
  );
}

function AddLink({ project, isFull }: { project: string; isFull: boolean }) {
  if (isFull) {
    return <p class="muted">A project can have at most {MAX_SUBSCRIPTIONS}. Delete one to add another.</p>;
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
          No subscriptions yet. A subscription sends each event of this project to a webhook or to a Slack channel as
          soon as it is recorded, and retries if that fails.
        </p>
        {isOwner ? (
          <p>
            <AddLink project={project} isFull={false} />
          </p>
        ) : (
          <p>An owner of the project can add one.</p>
        )}
      </div>
    </section>
  );
}

interface CardProps {
  view: SubscriptionView;
  health: SubscriptionHealth | undefined;
  isOwner: boolean;
}

function SubscriptionCard({ view, health, isOwner }: CardProps) {
  const { project, subscription } = view;
  const url = <UserText text={subscription.url} />;
  return (
    <li class="subscription">
      <div>
        <h3>
          <span class="muted">{subscriptionName(subscription)}</span>{" "}
          {isOwner ? <a href={subscriptionUrl(project, subscription.id)}>{url}</a> : url}
        </h3>
        <p>
          <StatusLabel view={view} />
        </p>
        <Receives subscription={subscription} />
        <div class="buttons">
          {isOwner && (
            <a href={subscriptionUrl(project, subscription.id)}>
              Edit or test<span class="visually-hidden"> subscription {subscription.id}</span>
            </a>
          )}
          <a href={deliveriesUrl(project, { subscription: subscription.id })}>
            Deliveries<span class="visually-hidden"> of subscription {subscription.id}</span>
          </a>
          {isOwner && <EnableToggle view={view} from="project" />}
        </div>
      </div>
      {health && <HealthPicture health={health} />}
    </li>
  );
}

/** Shows which events the subscription receives. */
function Receives({ subscription: { event_types, allowed_groups, created_at } }: { subscription: Subscription }) {
  return (
    <dl class="receives">
      <div>
        <dt>Receives</dt>
        <dd>{event_types === undefined ? "all event types" : <CollapsibleList names={event_types.map(typeName)} />}</dd>
      </div>
      <div>
        <dt>Groups</dt>
        <dd>
          {allowed_groups.length === 0 ? "none: unrestricted events only" : <CollapsibleList names={allowed_groups} />}
        </dd>
      </div>
      <div>
        <dt>Created</dt>
        <dd>
          <RelativeTime time={created_at} />
        </dd>
      </div>
    </dl>
  );
}
