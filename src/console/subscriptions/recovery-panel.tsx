import type { SubscriptionView } from "../../domain/subscriptions/subscription-view.ts";
import type { Recovery } from "../../schemas/recovery.ts";
import { subscriptionUrl } from "../shared/page-urls.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { PanelError, type Refusal } from "../shared/panel-error.tsx";

/** The content of the recovery form, valid or not. */
export interface RecoveryDraft {
  which: string;
  from: string;
}

interface RecoveryPanelProps {
  view: SubscriptionView;
  recovery: Recovery | undefined;
  draft: RecoveryDraft | undefined;
  refusal: Refusal | undefined;
}

export function RecoveryPanel({ view, recovery, draft, refusal }: RecoveryPanelProps) {
  const url = subscriptionUrl(view.project, view.subscription.id);
  return (
    <section id="recover" tabindex={-1}>
      <h2>Recover past events</h2>
      <p class="muted">Sends past events again, if this subscription may receive them.</p>
      {recovery && <RecoveryState url={url} recovery={recovery} />}
      <PanelError at="recover" refusal={refusal} />
      <RecoveryForm url={url} draft={draft} refusal={refusal} />
    </section>
  );
}

function RecoveryForm({ url, draft, refusal }: Pick<RecoveryPanelProps, "draft" | "refusal"> & { url: string }) {
  const { which, from } = draft ?? { which: "failed", from: "0" };
  const isInvalid = refusal?.fields.includes("from") === true;
  return (
    <form class="edit" method="post" action={`${url}/recover#recover`}>
      <fieldset class="field">
        <legend>Events</legend>
        <label>
          <input type="radio" name="which" value="failed" checked={which !== "all"} />
          Only those whose delivery failed
        </label>
        <label>
          <input type="radio" name="which" value="all" checked={which === "all"} />
          All, including those from before the subscription existed
        </label>
      </fieldset>
      <div class="field">
        <label for="from">From event ID</label>
        <input
          id="from"
          name="from"
          value={from}
          inputmode="numeric"
          autocomplete="off"
          aria-describedby={isInvalid ? "recover-fault from-hint" : "from-hint"}
          {...(isInvalid && { "aria-invalid": "true" })}
        />
        <p id="from-hint" class="muted">
          Each event’s page shows its ID. 0 starts with the oldest event.
        </p>
      </div>
      <button class="secondary">Recover</button>
    </form>
  );
}

function RecoveryState({ url, recovery }: { url: string; recovery: Recovery }) {
  const { id, state, recovered, which, from, created_at } = recovery;
  const events = recovered === 1 ? "1 event" : `${recovered.toLocaleString("en")} events`;
  return (
    <div class="result" role="status">
      <p>
        <b>{state === "running" ? `Running: ${events} queued so far` : `Finished: ${events} queued`}</b>{" "}
        <span class="muted">
          {which === "failed" ? "failed deliveries" : "all events"} from event {from}, started{" "}
          <RelativeTime time={created_at} />
        </span>
      </p>
      {state === "running" && (
        <p>
          <a href={`${url}?recovery=${id}#recover`}>Refresh</a>
        </p>
      )}
    </div>
  );
}
