import type { TestAttempt } from "../../schemas/delivery.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscriptions.ts";
import { subscriptionUrl } from "../urls/project-url.ts";
import { Answer } from "../deliveries/attempts.tsx";
import { Plain } from "../frame/plain.tsx";
import { adviceOn } from "./test-advice.ts";
import { type Refusal, Trouble } from "./trouble.tsx";

interface Testing {
  row: SubscriptionRow;
  test: TestAttempt | undefined;
  trouble: Refusal | undefined;
}

export function TestPanel({ row, test, trouble }: Testing) {
  return (
    <section id="test" tabindex={-1} aria-label="Test">
      <h2>Test</h2>
      <p class="aside">Sends a sample at once, which says that it is one. Nothing of it is kept.</p>
      <Trouble at="test" trouble={trouble} />
      {test && <TestResult test={test} type={row.type} />}
      <form method="post" action={`${subscriptionUrl(row.project, row.id, "test")}#test`}>
        <button class="quiet">{test === undefined ? "Send a test" : "Send another test"}</button>
      </form>
    </section>
  );
}

function TestResult({ test, type }: { test: TestAttempt; type: SubscriptionRow["type"] }) {
  const arrived = test.outcome === "delivered";
  return (
    <div class="result" role="status">
      <p class={`status ${arrived ? "active" : "failing"}`}>
        <span class="mark" aria-hidden="true">
          {arrived ? "●" : "▲"}
        </span>{" "}
        <span>
          <b>{arrived ? "It arrived" : "It did not arrive"}</b>
          {test.status !== undefined && `, answered ${test.status}`}
          {test.duration_ms !== undefined && ` after ${test.duration_ms.toLocaleString("en")} ms`}
        </span>
      </p>
      {test.reason !== undefined && !test.reason.startsWith(`answered ${test.status}`) && (
        <p>
          <Plain text={test.reason} />
        </p>
      )}
      <p>{adviceOn(test, type)}</p>
      {test.response !== undefined && test.response !== "" && (
        <>
          <p class="aside">The answer’s text:</p>
          <Answer text={test.response} />
        </>
      )}
    </div>
  );
}
