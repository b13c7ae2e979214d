import type { SubscriptionView } from "../../domain/subscriptions/subscription-view.ts";
import type { TestAttempt } from "../../schemas/delivery.ts";
import type { SubscriptionType } from "../../schemas/subscription.ts";
import { deliveriesUrl, subscriptionUrl } from "../shared/page-urls.ts";
import { ReceiverResponse, UserText } from "../shared/untrusted-text.tsx";
import { PanelError, type Refusal } from "../shared/panel-error.tsx";
import { MarkedStatus } from "../shared/marked-status.tsx";

interface TestPanelProps {
  view: SubscriptionView;
  test: TestAttempt | undefined;
  refusal: Refusal | undefined;
}

export function TestPanel({ view, test, refusal }: TestPanelProps) {
  return (
    <section id="test" tabindex={-1}>
      <h2>Test</h2>
      <p class="muted">
        Sends a sample message now. The message says that it is a sample; it is not stored as an event or a delivery.
      </p>
      <PanelError at="test" refusal={refusal} />
      {test && <TestResult view={view} test={test} />}
      <form method="post" action={`${subscriptionUrl(view.project, view.subscription.id, "test")}#test`}>
        <button class="secondary">{test === undefined ? "Send a test" : "Send another test"}</button>
      </form>
    </section>
  );
}

function TestResult({ view, test }: { view: SubscriptionView; test: TestAttempt }) {
  const isDelivered = test.outcome === "delivered";
  return (
    <div class="result" role="status">
      <p>
        <MarkedStatus mark={isDelivered ? "active" : "failing"}>
          <b>{isDelivered ? "Delivered" : "Not delivered"}</b>
          {isDelivered && `, status ${test.status}`}
          {test.duration_ms !== undefined && ` after ${test.duration_ms.toLocaleString("en")} ms`}
          {test.reason !== undefined && (
            <>
              : <UserText text={test.reason} />
            </>
          )}
        </MarkedStatus>
      </p>
      <p>{adviceFor(test, view.subscription.type)}</p>
      {isDelivered && <HeldDeliveries view={view} />}
      {test.response !== undefined && test.response !== "" && (
        <>
          <p class="muted">The text of the response:</p>
          <ReceiverResponse text={test.response} />
        </>
      )}
    </div>
  );
}

/** A test is sent even if the subscription's deliveries are held, and it does not release them. */
function HeldDeliveries({ view: { project, subscription, isBreakerOpen } }: { view: SubscriptionView }) {
  if (!subscription.enabled) return <p>Deliveries are held until you enable the subscription.</p>;
  if (!isBreakerOpen) return <></>;
  return (
    <p>
      Deliveries are held until the next attempt succeeds. It is made within ten minutes. To make it now, redeliver one
      of <a href={deliveriesUrl(project, { subscription: subscription.id })}>the deliveries</a>.
    </p>
  );
}

function adviceFor({ outcome, status }: TestAttempt, type: SubscriptionType): string {
  switch (outcome) {
    case "delivered":
      return type === "slack"
        ? "Check that the message is in the channel."
        : "The receiver accepted the sample. Events are sent in the same way.";
    case "gone":
      return "The receiver rejects all messages. An event would have disabled this subscription: enter another URL.";
    case "refused":
      return "This message cannot be sent. Check the URL and the other settings.";
    case "retry":
    case "lost":
      return adviceForStatus(status);
  }
}

function adviceForStatus(status: number | undefined): string {
  if (status === undefined) {
    return "There was no response. Check the host name, that the receiver is running, and that it responds in time.";
  }
  if (status < 400) return "Redirects are not followed: enter the URL that this one redirects to.";
  if (status === 401 || status === 403) {
    return "The receiver denied access. Check the token in the URL, and the secret that the receiver verifies with.";
  }
  if (status === 404 || status === 405) return "Nothing at this URL accepts a POST. Check the path.";
  if (status === 429) return "The receiver limits the number of requests. Events are retried when it allows.";
  if (status < 500) return "The receiver rejected the message. Its response and its logs may show why.";
  return "The receiver failed. Its logs may show why. Events are retried by a schedule.";
}
