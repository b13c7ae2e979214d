import type { Health } from "../../domain/subscriptions/attempt-statistics.ts";
import { toSubscription } from "../../domain/subscriptions/subscription-view.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { deliveriesUrl, subscriptionUrl } from "../shared/project-url.ts";
import { subscriptionName } from "../shared/channel-names.ts";
import { typeName } from "../shared/event-type-picker.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { HealthPicture } from "./health-picture.tsx";
import { RelativeTime } from "../shared/relative-time.tsx";
import { CollapsibleList } from "../shared/collapsible-list.tsx";
import { StatusLabel } from "./subscription-status.tsx";
import { EnableToggle } from "./enable-toggle.tsx";

interface Card {
  row: SubscriptionRow;
  health: Health | undefined;
  isOwner: boolean;
  now: number;
}

export function SubscriptionCard({ row, health, isOwner, now }: Card) {
  return (
    <li class="subscription">
      <div>
        <h3>
          <span class="aside">{subscriptionName(row)}</span> <Destination row={row} isOwner={isOwner} />
        </h3>
        <p>
          <StatusLabel row={row} now={now} />
        </p>
        <ToldOf row={row} now={now} />
        <div class="buttons">
          {isOwner && (
            <a href={subscriptionUrl(row.project, row.id)}>
              Edit or test<span class="spoken"> subscription {row.id}</span>
            </a>
          )}
          <a href={deliveriesUrl(row.project, { subscription: `${row.id}` })}>
            Deliveries<span class="spoken"> of subscription {row.id}</span>
          </a>
          {isOwner && <EnableToggle row={row} from="project" />}
        </div>
      </div>
      {health && <HealthPicture health={health} />}
    </li>
  );
}

/** A webhook's URL is a secret: who is no owner is shown its origin. */
function Destination({ row, isOwner }: Pick<Card, "row" | "isOwner">) {
  const url = <UserText text={toSubscription(row, isOwner).url} />;
  return isOwner ? <a href={subscriptionUrl(row.project, row.id)}>{url}</a> : url;
}

/** Of what it is told, on whose behalf, and since when. */
function ToldOf({ row: { event_types, allowed_groups, created_at }, now }: Pick<Card, "row" | "now">) {
  return (
    <dl class="told-of">
      <div>
        <dt>Told of</dt>
        <dd>{event_types === null ? "every type of event" : <CollapsibleList names={event_types.map(typeName)} />}</dd>
      </div>
      <div>
        <dt>On behalf of</dt>
        <dd>
          {allowed_groups.length === 0 ? (
            "nobody: unrestricted events only"
          ) : (
            <CollapsibleList names={allowed_groups} />
          )}
        </dd>
      </div>
      <div>
        <dt>Since</dt>
        <dd>
          <RelativeTime at={created_at} now={now} />
        </dd>
      </div>
    </dl>
  );
}
