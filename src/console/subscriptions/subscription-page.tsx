import type { Health } from "../../domain/subscriptions/attempt-statistics.ts";
import type { Fault } from "../../errors.ts";
import type { TestAttempt } from "../../schemas/delivery.ts";
import type { Recovery } from "../../schemas/recovery.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { deliveriesUrl, subscriptionUrl } from "../shared/project-url.ts";
import type { Draft } from "./subscription-draft.ts";
import { subscriptionName } from "../shared/channel-names.ts";
import { Layout } from "../shared/layout.tsx";
import { SUBSCRIPTION_MESSAGES } from "../shared/flash-messages.ts";
import { FlashMessage } from "../shared/flash-message.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { plainText } from "../../event-text/invisible-characters.ts";
import { DeletePanel } from "./delete-panel.tsx";
import { FaultSummary } from "./fault-summary.tsx";
import { BarPatterns, HealthPicture, sumOf } from "./health-picture.tsx";
import { HealthTable } from "./health-table.tsx";
import { ProjectCrumbs } from "./project-crumbs.tsx";
import { RecoveryPanel, type RecoveryDraft } from "./recovery-panel.tsx";
import { SecretPanel } from "./secret-panel.tsx";
import { StatusLabel } from "./subscription-status.tsx";
import { SubscriptionForm } from "./subscription-form.tsx";
import { EnableToggle } from "./enable-toggle.tsx";
import { TestPanel } from "./test-panel.tsx";
import { type Refusal, PanelError } from "./panel-error.tsx";

/** What a subscription's page shows beside the subscription: what somebody has just done there. */
export interface Shown {
  notice?: string | undefined;
  /** What was typed, where it was not saved. */
  draft?: Draft;
  faults?: Fault[];
  test?: TestAttempt;
  secret?: { value: string; isNew: boolean };
  recovery?: Recovery | undefined;
  recoveryDraft?: RecoveryDraft;
  /** Why what was asked for was not done. */
  trouble?: Refusal;
}

interface SubscriptionProps {
  row: SubscriptionRow;
  health: Health | undefined;
  form: { draft: Draft; groups: readonly string[]; leftOut: number; tag: string };
  shown: Shown;
  now: number;
}

export function SubscriptionPage({ row, health, form, shown, now }: SubscriptionProps) {
  const { faults = [], trouble } = shown;
  const name = subscriptionName(row);
  const hasFailed = faults.length > 0 || trouble !== undefined;
  return (
    <Layout
      title={`${hasFailed ? "Error: " : ""}${name} · ${plainText(row.project)}`}

      tree="subscriptions"
    >
      <ProjectCrumbs project={row.project} here={name} />
      <h1>
        <span class="aside">{name}</span> <UserText text={new URL(row.url).origin} />
      </h1>
      <FlashMessage code={shown.notice} sentences={SUBSCRIPTION_MESSAGES} />
      <FaultSummary faults={faults} />
      <section class="standing" aria-label="State">
        <div>
          <p>
            <StatusLabel row={row} now={now} />
          </p>
          <PanelError at="switch" trouble={trouble} />
          <div class="buttons">
            <EnableToggle row={row} from="subscription" />
            <a href={deliveriesUrl(row.project, { subscription: `${row.id}` })}>Deliveries</a>
          </div>
        </div>
        {health && <HealthPicture health={health} />}
      </section>
      {health && sumOf(health.total) > 0 && <HealthTable health={health} />}
      <TestPanel row={row} test={shown.test} trouble={trouble} />
      {row.type === "webhook" && <SecretPanel row={row} secret={shown.secret} trouble={trouble} now={now} />}
      <section id="settings">
        <h2>Settings</h2>
        <SubscriptionForm action={subscriptionUrl(row.project, row.id)} faults={faults} {...form} />
      </section>
      <RecoveryPanel row={row} recovery={shown.recovery} draft={shown.recoveryDraft} trouble={trouble} now={now} />
      <DeletePanel row={row} trouble={trouble} />
      <BarPatterns />
    </Layout>
  );
}
