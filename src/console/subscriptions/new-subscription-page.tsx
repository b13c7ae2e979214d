import type { Fault } from "../../errors.ts";
import { projectUrl } from "../shared/project-url.ts";
import type { Draft } from "./subscription-draft.ts";
import { Layout } from "../shared/layout.tsx";
import { FaultSummary } from "./fault-summary.tsx";
import { ProjectCrumbs } from "./project-crumbs.tsx";
import { SubscriptionForm } from "./subscription-form.tsx";

const TITLE = "Add a subscription";

interface NewSubscription {
  project: string;
  draft: Draft;
  groups: readonly string[];
  leftOut: number;
  faults: Fault[];
}

export function NewSubscriptionPage({ project, draft, groups, leftOut, faults }: NewSubscription) {
  return (
    <Layout title={faults.length === 0 ? TITLE : `Error: ${TITLE}`} tree="subscriptions">
      <ProjectCrumbs project={project} here={TITLE} />
      <h1>{TITLE}</h1>
      <FaultSummary faults={faults} />
      <SubscriptionForm
        action={projectUrl(project, "subscriptions")}
        draft={draft}
        groups={groups}
        leftOut={leftOut}
        faults={faults}
      />
    </Layout>
  );
}
