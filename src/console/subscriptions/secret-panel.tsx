import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { subscriptionUrl } from "../shared/project-url.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { type Refusal, PanelError } from "./panel-error.tsx";

interface Secret {
  row: SubscriptionRow;
  secret: { value: string; isNew: boolean } | undefined;
  trouble: Refusal | undefined;
  now: number;
}

export function SecretPanel({ row, secret, trouble, now }: Secret) {
  const retired = row.previous_secrets.find(({ expires_at }) => expires_at > now);
  const url = (action: string) => `${subscriptionUrl(row.project, row.id, action)}#secret`;
  return (
    <section id="secret" tabindex={-1}>
      <h2>Signing secret</h2>
      <p class="aside">
        With it the receiver tells our messages from others’. To verify one with a library of Standard Webhooks:
        <code>new Webhook(secret).verify(body, headers)</code>
      </p>
      {retired && (
        <p class="aside">
          The one before still signs beside it. It stops <RelativeTime at={retired.expires_at} now={now} />.
        </p>
      )}
      <PanelError at="secret" trouble={trouble} />
      {secret && (
        <div class="result" role="status">
          <p>{secret.isNew ? "The new secret. The old one signs beside it for 24 hours:" : "Keep it to yourself:"}</p>
          <pre tabindex={0} aria-label="Signing secret">
            {secret.value}
          </pre>
        </div>
      )}
      <div class="buttons">
        {secret === undefined && (
          <form method="post" action={url("secret")}>
            <button class="quiet">Show the secret</button>
          </form>
        )}
        <form method="post" action={url("rotate")}>
          <button class="quiet" aria-describedby="rotate-hint">
            Rotate the secret
          </button>
        </form>
        <span id="rotate-hint" class="aside">
          The old one signs beside the new one for 24 hours.
        </span>
      </div>
    </section>
  );
}
