import type { BrowsedDeliveries } from "../../domain/deliveries/browse-deliveries.ts";
import type { SubscriptionHealth } from "../../domain/subscriptions/subscription-health.ts";
import type { ListedSubscriptions } from "../../domain/subscriptions/subscription-set.ts";
import { showInvisible } from "../../event-text/invisible-characters.ts";
import type { DeliveryQuery } from "../../schemas/delivery.ts";
import { DeliverySection } from "../deliveries/delivery-section.tsx";
import { FlashMessage, SUBSCRIPTION_MESSAGES } from "../shared/flash-message.tsx";
import { Layout } from "../shared/layout.tsx";
import { placeUrl } from "../shared/page-urls.ts";
import { ProjectCrumbs } from "../shared/project-crumbs.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { SubscriptionList } from "../subscriptions/subscription-list.tsx";

interface ProjectPageProps {
  project: string;
  listed: ListedSubscriptions;
  health: Map<string, SubscriptionHealth>;
  query: DeliveryQuery;
  page: BrowsedDeliveries;
}

export function ProjectPage({ project, listed, health, query, page }: ProjectPageProps) {
  return (
    <Layout title={showInvisible(project)} section="subscriptions">
      <ProjectCrumbs project={project} />
      <h1>
        <span class="muted">Project</span> <UserText text={project} />
      </h1>
      <p class="subtitle">
        Its events: <a href={placeUrl(["state", project])}>in Projects</a>{" "}
        <a href={placeUrl(["inventory", project])}>in Inventory</a>
      </p>
      <FlashMessage messages={SUBSCRIPTION_MESSAGES} />
      <SubscriptionList project={project} listed={listed} health={health} />
      <DeliverySection
        page={page}
        query={query}
        subscriptions={listed.subscriptions.map(({ subscription }) => subscription)}
      />
    </Layout>
  );
}
