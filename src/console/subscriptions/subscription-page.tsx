import type { OwnedSubscription } from "../../domain/subscriptions/one-subscription.ts";
import type { SubscriptionHealth } from "../../domain/subscriptions/subscription-health.ts";
import type { SubscriptionView } from "../../domain/subscriptions/subscription-view.ts";
import type { Fault } from "../../errors.ts";
import { showInvisible } from "../../event-text/invisible-characters.ts";
import type { TestAttempt } from "../../schemas/delivery.ts";
import type { Recovery } from "../../schemas/recovery.ts";
import { ProjectCrumbs } from "../shared/project-crumbs.tsx";
import { subscriptionName } from "../shared/labels.ts";
import { FlashMessage, SUBSCRIPTION_MESSAGES } from "../shared/flash-message.tsx";
import { Layout } from "../shared/layout.tsx";
import { deliveriesUrl, subscriptionUrl } from "../shared/page-urls.ts";
import { UserText } from "../shared/untrusted-text.tsx";
import { FaultSummary } from "../shared/form-faults.tsx";
import { PanelError, type Refusal } from "../shared/panel-error.tsx";
import { BarPatterns, countAttempts, HealthPicture, HealthTable } from "./health-picture.tsx";
import { type RecoveryDraft, RecoveryPanel } from "./recovery-panel.tsx";
import { SecretPanel } from "./secret-panel.tsx";
import type { Draft } from "./subscription-draft.ts";
import { SubscriptionForm } from "./subscription-form.tsx";
import { EnableToggle, StatusLabel } from "./subscription-status.tsx";
import { TestPanel } from "./test-panel.tsx";

/** The result of the action that the page responds to. Empty if the page is only viewed. */
export interface ActionResult {
  /** The settings form as it was sent, if it was not saved. */
  draft?: Draft;
  faults?: Fault[];
  test?: TestAttempt;
  secret?: { value: string; isNew: boolean };
  recovery?: Recovery | undefined;
  recoveryDraft?: RecoveryDraft;
  refusal?: Refusal;
}

interface SubscriptionPageProps {
  view: OwnedSubscription;
  health: SubscriptionHealth | undefined;
  form: { draft: Draft; groups: readonly string[]; leftOut: number; tag: string };
  result: ActionResult;
}

export function SubscriptionPage({ view, health, form, result }: SubscriptionPageProps) {
  const { project, subscription } = view;
  const { faults = [], refusal } = result;
  const name = subscriptionName(subscription);
  const hasFailed = faults.length > 0 || refusal !== undefined;
  return (
    <Layout title={`${hasFailed ? "Error: " : ""}${name} · ${showInvisible(project)}`} section="subscriptions">
      <ProjectCrumbs project={project} here={name} />
      <h1>
        <span class="muted">{name}</span> <UserText text={new URL(subscription.url).origin} />
      </h1>
      <FlashMessage messages={SUBSCRIPTION_MESSAGES} />
      <FaultSummary faults={faults} />
      <section class="standing" aria-label="State">
        <div>
          <p>
            <StatusLabel view={view} />
          </p>
          <PanelError at="switch" refusal={refusal} />
          <div class="buttons">
            <EnableToggle view={view} from="subscription" />
            <a href={deliveriesUrl(project, { subscription: subscription.id })}>Deliveries</a>
          </div>
        </div>
        {health && <HealthPicture health={health} />}
      </section>
      {health && countAttempts(health.total) > 0 && <HealthTable health={health} />}
      <TestPanel view={view} test={result.test} refusal={refusal} />
      {subscription.type === "webhook" && <SecretPanel view={view} secret={result.secret} refusal={refusal} />}
      <section id="settings">
        <h2>Settings</h2>
        <SubscriptionForm action={subscriptionUrl(project, subscription.id)} faults={faults} {...form} />
      </section>
      <RecoveryPanel view={view} recovery={result.recovery} draft={result.recoveryDraft} refusal={refusal} />
      <DeletePanel view={view} refusal={refusal} />
      <BarPatterns />
    </Layout>
  );
}

function DeletePanel({ view, refusal }: { view: SubscriptionView; refusal: Refusal | undefined }) {
  return (
    <section id="delete">
      <h2>Delete</h2>
      <PanelError at="delete" refusal={refusal} />
      <details>
        <summary>Delete this subscription…</summary>
        <p>
          Its pending and held deliveries are cancelled and will not be sent. Its past deliveries stay listed. This
          cannot be undone; to pause the subscription, disable it.
        </p>
        <form method="post" action={subscriptionUrl(view.project, view.subscription.id, "delete")}>
          <button class="danger">Delete permanently</button>
        </form>
      </details>
    </section>
  );
}
