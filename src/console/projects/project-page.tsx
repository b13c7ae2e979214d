import type { BrowsedDeliveries } from "../../domain/deliveries/browse-deliveries.ts";
import type { DeliveryQuery } from "../../schemas/delivery.ts";
import type { Health } from "../../domain/subscriptions/subscription-health.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscriptions.ts";
import { placeUrl } from "../urls/place-url.ts";
import { DeliverySection } from "../deliveries/delivery-section.tsx";
import { Layout, type Visitor } from "../frame/layout.tsx";
import { SUBSCRIPTION_NOTICES } from "../frame/notices.ts";
import { Notice } from "../frame/notice.tsx";
import { Plain } from "../frame/plain.tsx";
import { plainText } from "../../words/unseen.ts";
import { ProjectCrumbs } from "../subscriptions/project-crumbs.tsx";
import { SubscriptionSection } from "../subscriptions/subscription-section.tsx";

interface Project {
  project: string;
  isOwner: boolean;
  subscriptions: SubscriptionRow[];
  health: Map<number, Health>;
  url: URL;
  query: DeliveryQuery;
  page: BrowsedDeliveries;
  visitor: Visitor;
  now: number;
}

export function ProjectPage({ project, isOwner, subscriptions, health, url, query, page, visitor, now }: Project) {
  return (
    <Layout title={plainText(project)} visitor={visitor} tree="subscriptions">
      <ProjectCrumbs project={project} />
      <h1>
        <span class="aside">Project</span> <Plain text={project} />
      </h1>
      <p class="beside">
        Its events: <a href={placeUrl(["state", project])}>in Projects</a>{" "}
        <a href={placeUrl(["inventory", project])}>in Inventory</a>
      </p>
      <Notice code={url.searchParams.get("notice")} sentences={SUBSCRIPTION_NOTICES} />
      <SubscriptionSection
        project={project}
        subscriptions={subscriptions}
        health={health}
        isOwner={isOwner}
        now={now}
      />
      <DeliverySection page={page} query={query} subscriptions={subscriptions} url={url} now={now} />
    </Layout>
  );
}
