import type { Recovery } from "../../schemas/recovery.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { subscriptionUrl } from "../shared/project-url.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { type Refusal, PanelError } from "./panel-error.tsx";

/** What was typed, good or not. */
export interface RecoveryDraft {
  which: string;
  from: string;
}

interface Recovering {
  row: SubscriptionRow;
  recovery: Recovery | undefined;
  draft: RecoveryDraft | undefined;
  trouble: Refusal | undefined;
  now: number;
}

export function RecoveryPanel({ row, recovery, draft, trouble, now }: Recovering) {
  return (
    <section id="recover" tabindex={-1}>
      <h2>Recover past events</h2>
      <p class="aside">Puts events on their way once more, as far as this subscription may be told of them.</p>
      {recovery && <RecoveryState row={row} recovery={recovery} now={now} />}
      <PanelError at="recover" trouble={trouble} />
      <RecoveryForm row={row} draft={draft} trouble={trouble} />
    </section>
  );
}

function RecoveryForm({ row, draft, trouble }: Pick<Recovering, "row" | "draft" | "trouble">) {
  const { which, from } = draft ?? { which: "failed", from: "0" };
  const isWrong = trouble?.fields.includes("from") === true;
  return (
    <form class="edit" method="post" action={`${subscriptionUrl(row.project, row.id, "recover")}#recover`}>
      <fieldset class="field">
        <legend>Which</legend>
        <label>
          <input type="radio" name="which" value="failed" checked={which !== "all"} />
          Only those whose delivery failed
        </label>
        <label>
          <input type="radio" name="which" value="all" checked={which === "all"} />
          All, also from before it existed
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
          aria-describedby={isWrong ? "recover-fault from-hint" : "from-hint"}
          {...(isWrong && { "aria-invalid": "true" })}
        />
        <p id="from-hint" class="aside">
          Each event’s page shows its ID. 0 is from the beginning.
        </p>
      </div>
      <button class="quiet">Recover</button>
    </form>
  );
}

function RecoveryState({ row, recovery, now }: { row: SubscriptionRow; recovery: Recovery; now: number }) {
  const { id, state, recovered, which, from, created_at } = recovery;
  const events = recovered === 1 ? "1 event" : `${recovered.toLocaleString("en")} events`;
  return (
    <div class="result" role="status">
      <p>
        <b>{state === "running" ? `Running: ${events} so far` : `Finished: ${events} put on their way`}</b>{" "}
        <span class="aside">
          {which === "failed" ? "failed ones" : "all"} from event {from}, begun{" "}
          <RelativeTime time={created_at} now={now} />
        </span>
      </p>
      {state === "running" && (
        <p>
          <a href={`${subscriptionUrl(row.project, row.id)}?recovery=${id}#recover`}>Look again</a>
        </p>
      )}
    </div>
  );
}
