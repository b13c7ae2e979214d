import type { Fault } from "../../errors.ts";
import { ProjectCrumbs } from "../shared/project-crumbs.tsx";
import { Layout } from "../shared/layout.tsx";
import { projectUrl } from "../shared/page-urls.ts";
import { FaultSummary } from "../shared/form-faults.tsx";
import type { Draft } from "./subscription-draft.ts";
import { SubscriptionForm } from "./subscription-form.tsx";

const TITLE = "Add a subscription";

interface NewSubscriptionPageProps {
  project: string;
  draft: Draft;
  groups: readonly string[];
  leftOut: number;
  faults: Fault[];
}

export function NewSubscriptionPage({ project, draft, groups, leftOut, faults }: NewSubscriptionPageProps) {
  return (
    <Layout title={faults.length === 0 ? TITLE : `Error: ${TITLE}`} section="subscriptions">
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
