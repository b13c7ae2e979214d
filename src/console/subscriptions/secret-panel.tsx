import type { OwnedSubscription } from "../../domain/subscriptions/one-subscription.ts";
import { subscriptionUrl } from "../shared/page-urls.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { PanelError, type Refusal } from "../shared/panel-error.tsx";

interface SecretPanelProps {
  view: OwnedSubscription;
  secret: { value: string; isNew: boolean } | undefined;
  refusal: Refusal | undefined;
}

export function SecretPanel({ view, secret, refusal }: SecretPanelProps) {
  const url = (action: string) => `${subscriptionUrl(view.project, view.subscription.id, action)}#secret`;
  return (
    <section id="secret" tabindex={-1}>
      <h2>Signing secret</h2>
      <p class="muted">
        The receiver uses it to verify that a message comes from this service. With a Standard Webhooks library:
        <code>new Webhook(secret).verify(body, headers)</code>
      </p>
      {view.previousSecretUntil !== undefined && (
        <p class="muted">
          Messages are also signed with the previous secret, which expires{" "}
          <RelativeTime time={view.previousSecretUntil} />.
        </p>
      )}
      <PanelError at="secret" refusal={refusal} />
      {secret && (
        <div class="result" role="status">
          <p>
            {secret.isNew
              ? "The new secret. For 24 hours messages are also signed with the previous one:"
              : "Keep this secret confidential:"}
          </p>
          <pre tabindex={0} aria-label="Signing secret">
            {secret.value}
          </pre>
        </div>
      )}
      <div class="buttons">
        {secret === undefined && (
          <form method="post" action={url("secret")}>
            <button class="secondary">Show the secret</button>
          </form>
        )}
        <form method="post" action={url("rotate")}>
          <button class="secondary" aria-describedby="rotate-hint">
            Rotate the secret
          </button>
        </form>
        <span id="rotate-hint" class="muted">
          For 24 hours messages are signed with both the old and the new secret.
        </span>
      </div>
    </section>
  );
}
