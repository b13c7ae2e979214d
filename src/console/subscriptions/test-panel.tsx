import type { TestAttempt } from "../../schemas/delivery.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { deliveriesUrl, subscriptionUrl } from "../shared/project-url.ts";
import { ReceiverResponse } from "../shared/receiver-response.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { Marked } from "./subscription-status.tsx";
import { adviceOn } from "./test-advice.ts";
import { type Refusal, PanelError } from "./panel-error.tsx";

interface Testing {
  row: SubscriptionRow;
  test: TestAttempt | undefined;
  trouble: Refusal | undefined;
}

export function TestPanel({ row, test, trouble }: Testing) {
  return (
    <section id="test" tabindex={-1}>
      <h2>Test</h2>
      <p class="aside">Sends a sample at once, which says that it is one. Nothing of it is kept.</p>
      <PanelError at="test" trouble={trouble} />
      {test && <TestResult row={row} test={test} />}
      <form method="post" action={`${subscriptionUrl(row.project, row.id, "test")}#test`}>
        <button class="quiet">{test === undefined ? "Send a test" : "Send another test"}</button>
      </form>
    </section>
  );
}

function TestResult({ row, test }: { row: SubscriptionRow; test: TestAttempt }) {
  const arrived = test.outcome === "delivered";
  return (
    <div class="result" role="status">
      <p>
        <Marked as={arrived ? "active" : "failing"}>
          <b>{arrived ? "It arrived" : "It did not arrive"}</b>
          {test.status !== undefined && `, answered ${test.status}`}
          {test.duration_ms !== undefined && ` after ${test.duration_ms.toLocaleString("en")} ms`}
        </Marked>
      </p>
      {test.reason !== undefined && !test.reason.startsWith(`answered ${test.status}`) && (
        <p>
          <UserText text={test.reason} />
        </p>
      )}
      <p>{adviceOn(test, row.type)}</p>
      {arrived && <WhatWaits row={row} />}
      {test.response !== undefined && test.response !== "" && (
        <>
          <p class="aside">The answer’s text:</p>
          <ReceiverResponse text={test.response} />
        </>
      )}
    </div>
  );
}

/** A test goes past what holds deliveries back, and changes nothing about it. */
function WhatWaits({ row }: { row: SubscriptionRow }) {
  if (!row.enabled) return <p>Events wait until it is enabled.</p>;
  if (row.probe_delivery_id === null) return <></>;
  return (
    <p>
      What is held is sent once the next try has arrived, within ten minutes. To try at once, redeliver one of{" "}
      <a href={deliveriesUrl(row.project, { subscription: `${row.id}` })}>its deliveries</a>.
    </p>
  );
}
