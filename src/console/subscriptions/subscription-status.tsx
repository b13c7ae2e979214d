import type { SubscriptionView } from "../../domain/subscriptions/subscription-view.ts";
import { subscriptionUrl } from "../shared/page-urls.ts";
import { MarkedStatus } from "../shared/marked-status.tsx";
import { RelativeTime } from "../shared/relative-time.tsx";
import { UserText } from "../shared/untrusted-text.tsx";

interface Viewed {
  view: SubscriptionView;
}

export function StatusLabel({ view }: Viewed) {
  if (!view.subscription.enabled) return <DisabledStatus view={view} />;
  if (view.failingSince !== undefined || view.isBreakerOpen) return <FailingStatus view={view} />;
  return (
    <MarkedStatus mark="active">
      <b>Active</b>
    </MarkedStatus>
  );
}

function DisabledStatus({ view: { subscription } }: Viewed) {
  const { disabled_at, disabled_reason } = subscription;
  return (
    <MarkedStatus mark="disabled">
      <b>Disabled</b> {disabled_at !== undefined && <RelativeTime time={disabled_at} />}
      {disabled_reason !== undefined && (
        <>
          : <UserText text={disabled_reason} />
        </>
      )}
    </MarkedStatus>
  );
}

function FailingStatus({ view: { failingSince, isBreakerOpen } }: Viewed) {
  return (
    <MarkedStatus mark={isBreakerOpen ? "held" : "failing"}>
      <b>Failing</b>
      {failingSince !== undefined && (
        <>
          {" "}
          since <RelativeTime time={failingSince} />
        </>
      )}
      {isBreakerOpen && ". Deliveries are held; one at a time is attempted"}
    </MarkedStatus>
  );
}

/** A button that disables a subscription or enables it again. `from` is the page to return to. */
export function EnableToggle({ view, from }: Viewed & { from: "project" | "subscription" }) {
  const { id, enabled } = view.subscription;
  return (
    <form method="post" action={subscriptionUrl(view.project, id, enabled ? "disable" : "enable")}>
      <input type="hidden" name="from" value={from} />
      <button class="secondary">
        {enabled ? "Disable" : "Enable"}
        {from === "project" && <span class="visually-hidden"> subscription {id}</span>}
      </button>
    </form>
  );
}
